package dev.sexton.internal.liveness;

import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.state.StateDirectory.Boot;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The past boots of this machine, as far as one state directory proves them. A file system that
/// other machines do not see is used by one running machine at a time. So what was written there
/// before this boot was written in a past boot. What another boot wrote there *during* this boot
/// contradicts that, and then nothing is proven about that other boot.
public final class PastBoots {
  private static final PastBoots NONE = new PastBoots(List.of(), true, null);

  private final List<Boot> boots;
  private final boolean shared;

  /// The start of this boot; null if the directory proves nothing.
  private final @Nullable Instant since;

  private PastBoots(List<Boot> boots, boolean shared, @Nullable Instant since) {
    this.boots = boots;
    this.shared = shared;
    this.since = since;
  }

  /// Reads what a directory proves.
  public static PastBoots of(StateDirectory directory, ProcessReader processes) {
    if (directory.untrustedReason() != null) {
      return NONE;
    }
    try {
      return new PastBoots(directory.boots(), directory.isShared(), processes.origin());
    } catch (IllegalStateException clockUnreadable) {
      return NONE;
    }
  }

  /// Returns whether another boot of our host was noted during this one. Then another machine has
  /// the same machine ID.
  public boolean isContradicted(Machine here) {
    return boots.stream()
        .anyMatch(boot ->
            boot.host().equals(here.host())
                && !here.boot().isEmpty()
                && !boot.id().equals(here.boot())
                && isDuringThisBoot(boot.at()));
  }

  /// Returns whether a moment is in this boot, as far as that is known.
  public boolean isDuringThisBoot(Instant moment) {
    return since != null && !moment.isBefore(since);
  }

  /// Returns whether the directory's list shows that this boot is over.
  public boolean include(Machine machine) {
    boolean listed = false;
    for (Boot boot : boots) {
      if (boot.host().equals(machine.host()) && boot.id().equals(machine.boot())) {
        if (!isBeforeThisBoot(boot.at())) {
          return false;
        }
        listed = true;
      }
    }
    return listed;
  }

  /// Returns whether the owner last wrote this record before this boot began, and the record itself
  /// does not contradict that. A contradiction in the list takes precedence.
  boolean includeTimeOf(InstanceRecord record, Instant modified) {
    Instant started = record.startInstant(ZoneId.systemDefault());
    return !shared
        && isBeforeThisBoot(record.ownerWrote(modified))
        && (started == null || isBeforeThisBoot(started))
        && boots.stream().noneMatch(boot -> names(record, boot) && !isBeforeThisBoot(boot.at()));
  }

  private static boolean names(InstanceRecord record, Boot boot) {
    return record.owner() != null && record.owner().machine().boot().equals(boot.id());
  }

  private boolean isBeforeThisBoot(Instant moment) {
    return since != null && moment.isBefore(since);
  }

  /// Notes in a directory that this boot registers instances there. Without the note, a container
  /// whose record is gone stays after the next boot. That is no reason not to register.
  public static void note(StateDirectory directory, ProcessReader processes) {
    Machine here = processes.machine();
    if (here.host().isEmpty() || here.boot().isEmpty()) {
      return;
    }
    try {
      if (!isNewest(here, directory.boots())) {
        directory.noteBoot(new Boot(here.host(), here.boot(), processes.wallClock()));
      }
    } catch (IOException | RuntimeException unwritable) {
      System.getLogger("dev.sexton")
          .log(
              System.Logger.Level.DEBUG,
              "the list of boots in {0} cannot be written: {1}",
              directory.path(),
              unwritable.toString());
    }
  }

  /// Returns whether no other boot of the same host was noted after this one. If one was, two
  /// machines with the same ID write here, and the list must show it.
  private static boolean isNewest(Machine here, List<Boot> boots) {
    for (Boot boot : boots.reversed()) {
      if (boot.host().equals(here.host())) {
        return boot.id().equals(here.boot());
      }
    }
    return false;
  }
}
