package dev.sexton.internal.sweep;

import dev.sexton.Liveness;
import dev.sexton.internal.liveness.EvidenceCollector;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Knows which processes belong to instances that are not dead, so that the sweep of a dead
/// instance leaves them alone. For example, a server that a dead server started is stopped by its
/// own supervisor.
///
/// Records are read on the first query, and judged when one names the process in question. Safe for
/// use by several threads.
final class LiveInstances {
  private final Ports ports;
  private final InstanceObserver observer;
  private final List<? extends StateDirectory> directories;
  private List<ObservedInstance> judged;
  private @Nullable Map<Long, List<Entry>> byPid;

  /// Entries for processes recorded in another PID namespace, where they have other PIDs.
  private final Map<StartTime, List<Entry>> byStart = new HashMap<>();

  private final Map<String, Entry> byMark = new HashMap<>();

  /// What was known of instances that were not dead before the last refresh.
  private List<Entry> before = List.of();

  /// Null until it is asked.
  private @Nullable Boolean clockWasSet;

  /// An instance with the facts found so far.
  private static final class Entry {
    final StateDirectory directory;
    final InstanceRecord record;
    final String mark;
    @Nullable Boolean dead;

    Entry(StateDirectory directory, InstanceRecord record, @Nullable Boolean dead) {
      this.directory = directory;
      this.record = record;
      String application = record.application();
      this.mark =
          InstanceMarker.of(
              application == null ? directory.application() : application, record.instanceId());
      this.dead = dead;
    }
  }

  /// Creates a view of the instances in these directories.
  ///
  /// @param judged the instances that this sweep has already read and judged
  LiveInstances(
      Ports ports,
      LivenessRules rules,
      List<? extends StateDirectory> directories,
      List<ObservedInstance> judged) {
    this.ports = ports;
    this.observer = new InstanceObserver(ports, rules);
    this.directories = directories;
    this.judged = judged;
  }

  /// Discards all data that was read, because an instance may have registered or recorded something
  /// since. Only instances that this sweep has judged dead keep their verdict. If a record can no
  /// longer be read, what it said before still counts.
  synchronized void refresh() {
    before = known().stream().filter(entry -> !Boolean.TRUE.equals(entry.dead)).toList();
    judged =
        judged.stream().filter(instance -> instance.verdict().liveness() == Liveness.DEAD).toList();
    byPid = null;
    byStart.clear();
    byMark.clear();
    clockWasSet = null;
  }

  /// Describes the instance that is not dead and has this process as its owner; null if there is
  /// none.
  ///
  /// @param besides the UUID of an instance to ignore
  synchronized @Nullable String ownedBy(ProcessInfo process, String besides) {
    for (Entry entry : entries(process)) {
      if (isOwner(entry, process) && isOther(entry, besides) && !isDead(entry)) {
        return words(entry);
      }
    }
    return null;
  }

  /// Describes the instance that is not dead and recorded this process, or whose marker it carries;
  /// null if there is none. An instance without a record counts as not dead, because nothing is
  /// known of it.
  ///
  /// @param mark the marker of another instance that the process carries; null if none
  /// @param inheritsNone whether the marker is known not to be inherited from outside; otherwise, a
  ///   marker without a record is ignored
  /// @param besides the UUID of an instance to ignore
  /// @param canBeInside whether the owner of the marker's instance can itself descend from the
  ///   swept instance; otherwise, the marker was inherited from outside and proves nothing
  synchronized @Nullable String madeBy(
      ProcessInfo process,
      @Nullable String mark,
      boolean inheritsNone,
      String besides,
      Predicate<ProcessInfo> canBeInside) {
    for (Entry entry : entries(process)) {
      if (isRecorded(entry, process) && isOther(entry, besides) && !isDead(entry)) {
        return words(entry);
      }
    }
    Entry marked = mark == null ? null : byMark.get(mark);
    if (marked == null) {
      return mark == null || !inheritsNone || mark.endsWith(":" + besides)
          ? null
          : "an instance that has no record here (" + mark + ")";
    }
    return isOther(marked, besides) && ownerMatches(marked, canBeInside) && !isDead(marked)
        ? words(marked)
        : null;
  }

  /// Returns whether any record proves that the wall clock was set since the record's instance
  /// started. The record has that moment by the wall clock and by the clock of start times.
  synchronized boolean proveClockWasSet() {
    Boolean known = clockWasSet;
    if (known == null) {
      all();
      known = byMark.values().stream().anyMatch(this::provesClockWasSet);
      clockWasSet = known;
    }
    return known;
  }

  private boolean provesClockWasSet(Entry entry) {
    InstanceRecord record = entry.record;
    ProcessIdentity owner = record.owner();
    ProcessReader table = ports.processes();
    Instant wall = record.startInstant(ZoneId.systemDefault());
    if (owner == null
        || wall == null
        || !record.started().isKnown()
        || !owner.machine().sharesClock(table.machine())) {
      return false;
    }
    Instant now = table.startedAt(record.started());
    return EvidenceCollector.isLater(now, wall) || EvidenceCollector.isLater(wall, now);
  }

  /// Returns all instances by the PIDs that they recorded.
  private Map<Long, List<Entry>> all() {
    Map<Long, List<Entry>> known = byPid;
    if (known == null) {
      known = new HashMap<>();
      Set<String> files = new HashSet<>();
      for (ObservedInstance instance : judged) {
        boolean dead = instance.verdict().liveness() == Liveness.DEAD;
        add(new Entry(instance.directory(), instance.record(), dead), known);
        files.add(file(instance.directory(), instance.instanceId()));
      }
      for (StateDirectory directory : directories) {
        for (InstanceRecord record :
            observer.records(directory, id -> !files.contains(file(directory, id)))) {
          add(new Entry(directory, record, null), known);
        }
      }
      for (Entry entry : before) {
        if (!byMark.containsKey(entry.mark) && mayHaveRecord(entry)) {
          add(new Entry(entry.directory, entry.record, null), known);
        }
      }
      byPid = known;
    }
    return known;
  }

  /// Returns all that is known without another look into the directories.
  private List<Entry> known() {
    if (byPid != null) {
      return List.copyOf(byMark.values());
    }
    List<Entry> known = new ArrayList<>(before);
    for (ObservedInstance instance : judged) {
      boolean dead = instance.verdict().liveness() == Liveness.DEAD;
      known.add(new Entry(instance.directory(), instance.record(), dead));
    }
    return known;
  }

  /// Returns whether an instance still has a record, or its directory cannot be listed.
  private static boolean mayHaveRecord(Entry entry) {
    try {
      return entry.directory.list().contains(StateDirectory.recordOf(entry.record.instanceId()));
    } catch (IOException unreadable) {
      return true;
    }
  }

  /// Returns the instances that may have recorded a process, as their owner or as a tracked
  /// process.
  private List<Entry> entries(ProcessInfo process) {
    List<Entry> samePid = all().getOrDefault(process.pid(), List.of());
    List<Entry> sameStart = byStart.getOrDefault(process.start(), List.of());
    if (sameStart.isEmpty()) {
      return samePid;
    }
    List<Entry> both = new ArrayList<>(samePid);
    both.addAll(sameStart);
    return both;
  }

  private static String file(StateDirectory directory, String instanceId) {
    return directory.path() + "/" + instanceId;
  }

  private void add(Entry entry, Map<Long, List<Entry>> known) {
    byMark.put(entry.mark, entry);
    add(entry, entry.record.pid(), entry.record.owner(), known);
    for (TrackedProcess process : entry.record.processes().values()) {
      add(entry, process.pid(), process.identity(), known);
    }
  }

  private void add(
      Entry entry, long pid, @Nullable ProcessIdentity identity, Map<Long, List<Entry>> known) {
    known.computeIfAbsent(pid, key -> new ArrayList<>()).add(entry);
    if (identity != null && isFromAnotherNamespace(identity)) {
      byStart.computeIfAbsent(identity.start(), key -> new ArrayList<>()).add(entry);
    }
  }

  /// Tests an instance's owner. An owner that cannot be seen may be anywhere, so it passes.
  private boolean ownerMatches(Entry entry, Predicate<ProcessInfo> condition) {
    return !(ports.processes().find(entry.record.pid()) instanceof ProcessLookup.Present present)
        || !isSame(entry.record.pid(), entry.record.owner(), present.process())
        || condition.test(present.process());
  }

  private static boolean isOther(Entry entry, String besides) {
    return !entry.record.instanceId().equals(besides);
  }

  private boolean isOwner(Entry entry, ProcessInfo process) {
    return isSame(entry.record.pid(), entry.record.owner(), process);
  }

  private boolean isRecorded(Entry entry, ProcessInfo process) {
    for (TrackedProcess tracked : entry.record.processes().values()) {
      if (isSame(tracked.pid(), tracked.identity(), process)) {
        return true;
      }
    }
    return false;
  }

  /// Returns whether a process may be the one that a record names. The record may name only a PID.
  /// In another PID namespace the process has another PID but the same start time. After another
  /// boot it does not exist.
  private boolean isSame(long pid, @Nullable ProcessIdentity named, ProcessInfo process) {
    if (named == null) {
      return pid == process.pid();
    }
    if (isFromAnotherNamespace(named)) {
      return named.start().equals(process.start());
    }
    Machine here = ports.processes().machine();
    return pid == process.pid()
        && (named.machine().isComparableTo(here)
            ? named.start().equals(process.start())
            : !isElsewhere(named.machine(), here));
  }

  /// Returns whether a record may come from another PID namespace of this boot. A boot ID is
  /// unique, regardless of the host's name. An unreadable one may be any boot's.
  private boolean isFromAnotherNamespace(ProcessIdentity named) {
    Machine here = ports.processes().machine();
    return !isElsewhere(named.machine(), here)
        && named.machine().unit() == here.unit()
        && !named.machine().isComparableTo(here);
  }

  private static boolean isElsewhere(Machine there, Machine here) {
    return !there.boot().isEmpty() && !here.boot().isEmpty() && !there.boot().equals(here.boot());
  }

  private boolean isDead(Entry entry) {
    Boolean known = entry.dead;
    if (known == null) {
      ObservedInstance now = observer.look(entry.directory, entry.record.instanceId());
      // A missing record belonged to an instance that has ended. A record that is no longer
      // readable or must be ignored does not prove an instance dead.
      known = now == null ? !mayHaveRecord(entry) : now.verdict().liveness() == Liveness.DEAD;
      entry.dead = known;
    }
    return known;
  }

  private static String words(Entry entry) {
    return "another instance that is not dead (" + entry.mark + ")";
  }
}
