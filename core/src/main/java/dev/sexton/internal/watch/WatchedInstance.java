package dev.sexton.internal.watch;

import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.KeepList;
import dev.sexton.internal.sweep.OwnerTree;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An instance that is alive, and what has been seen of it. For use by one thread. */
public final class WatchedInstance {
  /// How long after it was first seen a process is looked at anew: a child becomes another program
  /// a moment after it was made, and gets its own environment with that. A server that `sexton run`
  /// starts below another gets its mark at the latest when a registration that hangs is given up.
  private static final long YOUNG_NANOS = Duration.ofSeconds(20).toNanos();

  /// The owner is looked at every two seconds, on a busy machine a little less often.
  private static final long PROMPT_NANOS = Duration.ofSeconds(6).toNanos();

  /// A process that was seen below the owner, and when it was first.
  private record Seen(ProcessInfo process, long since) {}

  private final StateDirectory directory;
  private final String instanceId;
  private final ProcessInfo owner;
  private final @Nullable InstanceRecord record;
  private final byte[] content;
  private final Map<Long, Seen> descendants = new HashMap<>();

  /// Who started the package runner that is the client; null if none is.
  private @Nullable ProcessInfo runnersClient;

  private long seenAliveAt;

  /// Whether somebody is at ending it.
  private boolean isEnding;

  /**
   * An instance.
   *
   * @param directory where its record lies
   * @param owner the process that is held for it
   * @param record what its record says; null if the owner's process is not provably the recorded
   *     one, or the record cannot be read
   * @param content the record as it was written
   * @param nanos when the owner was judged to be alive, by the clock that the caller always takes
   */
  public WatchedInstance(
      StateDirectory directory,
      String instanceId,
      ProcessInfo owner,
      @Nullable InstanceRecord record,
      byte[] content,
      long nanos) {
    this.directory = directory;
    this.instanceId = instanceId;
    this.owner = owner;
    this.record = record;
    this.content = content.clone();
    this.seenAliveAt = nanos;
  }

  /// Whether a process is the owner that a record names, on this machine.
  static boolean isOwner(InstanceRecord record, ProcessInfo process, ProcessTable processes) {
    ProcessIdentity identity = record.owner();
    return identity != null
        && identity.pid() == process.pid()
        && identity.start() == process.start()
        && identity.machine().isComparableTo(processes.machine());
  }

  StateDirectory directory() {
    return directory;
  }

  String instanceId() {
    return instanceId;
  }

  ProcessInfo owner() {
    return owner;
  }

  byte[] content() {
    return content.clone();
  }

  /// What a watcher has to know of it; null if `sexton run` did not start it.
  @Nullable RunTerms terms() {
    return record == null ? null : record.run();
  }

  /// The process with which it ends; null if there is none.
  @Nullable ProcessInfo client() {
    RunTerms terms = terms();
    RunTerms.Client client = terms == null ? null : terms.client();
    return client == null ? null : ProcessInfo.identified(client.pid(), client.start());
  }

  /// Who started the package runner that started the server: the client in truth. Null if the
  /// server was not started that way.
  @Nullable ProcessInfo runnersClient() {
    return runnersClient;
  }

  void setRunnersClient(@Nullable ProcessInfo process) {
    runnersClient = process;
  }

  /// All processes of which the end matters to it.
  List<ProcessInfo> watched() {
    return Stream.of(owner, client(), runnersClient).filter(Objects::nonNull).toList();
  }

  /// Says that somebody is at ending it; false if that was said before.
  boolean beginEnding() {
    boolean first = !isEnding;
    isEnding = true;
    return first;
  }

  /// What is known of its end, if it has ended now. The owner counts as seen to die only if it was
  /// seen alive just before: a watcher that was stopped learns of a death long after it, and
  /// somebody else may have led a session of the owner's number since.
  ///
  /// @param nanos when that is, by the clock that the caller always takes
  public Ending ending(long nanos) {
    boolean prompt = nanos - seenAliveAt < PROMPT_NANOS;
    return new Ending(prompt ? owner : null, descendants(), false);
  }

  /// The processes that were seen below the owner, and were there at the last look.
  public List<ProcessInfo> descendants() {
    List<ProcessInfo> all = new ArrayList<>();
    descendants.values().forEach(seen -> all.add(seen.process()));
    return all;
  }

  /**
   * Looks who is below the owner, and below those who once were. What is kept, or another
   * instance's, is left out with all that is below it.
   *
   * @param keep the programs that a sweep of any instance keeps
   * @param nanos when that is, by the clock that the caller always takes
   * @return whether anything has changed
   */
  public boolean look(ProcessSnapshot now, ProcessTable processes, KeepList keep, long nanos) {
    if (!now.isAlive(owner)) {
      return false; // Its number may be another process's by now.
    }
    seenAliveAt = nanos;
    if (record == null || record.schema() == 0) {
      return false; // The original names what is its own, and nothing else is.
    }
    int before = descendants.size();
    boolean gone = descendants.values().removeIf(seen -> !now.isAlive(seen.process()));
    List<ProcessInfo> roots = descendants();
    roots.addFirst(owner);
    Map<Long, Seen> found = new HashMap<>();
    for (ProcessInfo root : roots) {
      boolean isOwner = root.sameAs(owner);
      if (found.containsKey(root.pid()) || (!isOwner && isClosed(root, processes, keep, nanos))) {
        continue;
      }
      if (!isOwner) {
        found.put(root.pid(), seen(root, nanos));
      }
      for (ProcessInfo process :
          now.descendantsOf(root, one -> isClosed(one, processes, keep, nanos))) {
        found.put(process.pid(), seen(process, nanos));
      }
    }
    boolean isNew = !descendants.keySet().containsAll(found.keySet());
    descendants.clear();
    descendants.putAll(found);
    return gone || isNew || before != descendants.size();
  }

  private Seen seen(ProcessInfo process, long nanos) {
    Seen known = descendants.get(process.pid());
    return known != null && known.process().sameAs(process) ? known : new Seen(process, nanos);
  }

  /// Whether a process is another's, with all below it; a settled one is not looked at any more.
  private boolean isClosed(ProcessInfo process, ProcessTable processes, KeepList keep, long nanos) {
    return nanos - seen(process, nanos).since() < YOUNG_NANOS
        && isAnothers(process, processes, keep);
  }

  private boolean isAnothers(ProcessInfo process, ProcessTable processes, KeepList keep) {
    InstanceRecord own = Objects.requireNonNull(record);
    InstanceMarker mark = processes.mark(process);
    String instance = mark.instance();
    boolean marked =
        instance != null
            && !instance.endsWith(":" + instanceId)
            && !instance.equals(own.surroundings().mark());
    return marked || OwnerTree.isKept(process, mark, processes, own, keep.forInstance(own.keep()));
  }
}
