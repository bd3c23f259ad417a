package dev.sexton.internal.watch;

import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.User;
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

/// A live instance and the observations of it. For use by one thread.
public final class WatchedInstance {
  /// How long after it was first seen a process is checked again. A child becomes another program
  /// shortly after it is created, and then gets its own environment. A server that `sexton run`
  /// starts below another gets its marker, at the latest, when a hanging registration is given up.
  private static final long YOUNG_NANOS = Duration.ofSeconds(20).toNanos();

  /// The owner is checked every two seconds, on a busy machine slightly less often.
  private static final long PROMPT_NANOS = Duration.ofSeconds(6).toNanos();

  /// A process that was seen below the owner, and the time when it was first seen.
  private record Seen(ProcessInfo process, long since) {}

  /// Where an instance's record is, and whose it is.
  ///
  /// @param user the owner of its file; null if unknown
  public record Location(StateDirectory directory, String instanceId, @Nullable User user) {}

  private final Location location;
  private final ProcessInfo owner;
  private final @Nullable InstanceRecord record;
  private final byte[] content;
  private final Map<Long, Seen> descendants = new HashMap<>();

  /// The process that started the package runner that is the client; null if there is none.
  private @Nullable ProcessInfo runnersClient;

  private long seenAliveAt;

  /// Whether the instance is already being stopped.
  private boolean isEnding;

  /// Creates a watched instance.
  ///
  /// @param location where its record is
  /// @param owner the process that is held for it
  /// @param record its record; null if the owner's process is not provably the recorded one, or the
  ///   record cannot be read
  /// @param content the record as it was written
  /// @param nanos when the owner was judged alive, by the clock that the caller always uses
  public WatchedInstance(
      Location location,
      ProcessInfo owner,
      @Nullable InstanceRecord record,
      byte[] content,
      long nanos) {
    this.location = location;
    this.owner = owner;
    this.record = record;
    this.content = content.clone();
    this.seenAliveAt = nanos;
  }

  /// Returns whether a process is the owner that a record names, on this machine.
  static boolean isOwner(InstanceRecord record, ProcessInfo process, ProcessReader processes) {
    ProcessIdentity identity = record.owner();
    return identity != null
        && identity.pid() == process.pid()
        && identity.start().equals(process.start())
        && identity.machine().isComparableTo(processes.machine());
  }

  StateDirectory directory() {
    return location.directory();
  }

  String instanceId() {
    return location.instanceId();
  }

  /// Returns the owner of its record's file; null if unknown.
  @Nullable User user() {
    return location.user();
  }

  ProcessInfo owner() {
    return owner;
  }

  /// Returns its record as it was when the owner was first seen; null if the owner's process is not
  /// provably the recorded one.
  @Nullable InstanceRecord record() {
    return record;
  }

  byte[] content() {
    return content.clone();
  }

  /// Returns the data that a watcher needs about it; null if `sexton run` did not start it.
  @Nullable RunTerms terms() {
    return record == null ? null : record.run();
  }

  /// Returns the client process, with which the instance ends; null if there is none.
  @Nullable ProcessInfo client() {
    RunTerms terms = terms();
    RunTerms.Client client = terms == null ? null : terms.client();
    return client == null ? null : ProcessInfo.identified(client.pid(), client.start());
  }

  /// Returns the real client: the process that started the package runner that started the server.
  /// Null if the server was not started that way.
  @Nullable ProcessInfo runnersClient() {
    return runnersClient;
  }

  void setRunnersClient(@Nullable ProcessInfo process) {
    runnersClient = process;
  }

  /// Returns all processes whose end matters to this instance.
  List<ProcessInfo> watched() {
    return Stream.of(owner, client(), runnersClient).filter(Objects::nonNull).toList();
  }

  /// Marks the instance as being stopped. Returns false if it already was.
  boolean beginEnding() {
    boolean first = !isEnding;
    isEnding = true;
    return first;
  }

  /// Returns whether the instance is being stopped.
  boolean isEnding() {
    return isEnding;
  }

  /// Returns the known facts about its end, if it has ended now. The owner counts as seen to die
  /// only if it was seen alive shortly before. A watcher that was stopped learns of a death long
  /// after it, and another process may have led a session with the owner's PID since.
  ///
  /// @param nanos the current time, by the clock that the caller always uses
  public Ending ending(long nanos) {
    boolean prompt = nanos - seenAliveAt < PROMPT_NANOS;
    return new Ending(prompt ? owner : null, descendants(), false);
  }

  /// Returns the processes that were seen below the owner and existed at the last check.
  public List<ProcessInfo> descendants() {
    List<ProcessInfo> all = new ArrayList<>();
    descendants.values().forEach(seen -> all.add(seen.process()));
    return all;
  }

  /// Finds the processes below the owner, and below processes that once were. A process that is
  /// kept or belongs to another instance is left out, with everything below it.
  ///
  /// @param keep the programs that a sweep of any instance keeps
  /// @param nanos the current time, by the clock that the caller always uses
  /// @return whether anything has changed
  public boolean look(ProcessSnapshot now, ProcessReader processes, KeepList keep, long nanos) {
    if (!now.isAlive(owner)) {
      return false; // Its PID may belong to another process by now.
    }
    seenAliveAt = nanos;
    if (record == null || record.schema() == 0) {
      return false; // The original owns only the processes that it names.
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

  /// Returns whether a process, with everything below it, belongs elsewhere. A settled process is
  /// no longer checked.
  private boolean isClosed(
      ProcessInfo process, ProcessReader processes, KeepList keep, long nanos) {
    return nanos - seen(process, nanos).since() < YOUNG_NANOS
        && isAnothers(process, processes, keep);
  }

  private boolean isAnothers(ProcessInfo process, ProcessReader processes, KeepList keep) {
    InstanceRecord own = Objects.requireNonNull(record);
    InstanceMarker mark = processes.mark(process);
    String instance = mark.instance();
    boolean marked =
        instance != null
            && !instance.endsWith(":" + instanceId())
            && !instance.equals(own.surroundings().mark());
    return marked || OwnerTree.isKept(process, mark, processes, own, keep.forInstance(own.keep()));
  }
}
