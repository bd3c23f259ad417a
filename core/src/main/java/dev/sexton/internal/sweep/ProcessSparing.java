package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.sweep.SparingRules.Sparing;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Determines which processes are spared, and why, for one instance and one snapshot of the process
/// table. For use by one thread.
final class ProcessSparing {
  /// A process that is left alone.
  ///
  /// @param process the process to which the rule applies: the given one, or one above it that is
  ///   kept with everything below it
  /// @param sparing the outcome and the reason
  record Spared(ProcessInfo process, Sparing sparing) {}

  private final ObservedInstance instance;
  private final InstanceRecord record;
  private final ProcessView view;
  private final Ending ending;
  private final TimeEvidence times;
  private final Map<Long, Sparing> found = new HashMap<>();
  private final Map<Long, Sparing> recorded = new HashMap<>();
  private final Set<Long> notFound = new HashSet<>();
  private final Set<Long> notRecorded = new HashSet<>();

  /// The processes that the instance recorded under a name and that are to be stopped.
  private final Set<Long> ownRoots = new HashSet<>();

  ProcessSparing(ObservedInstance instance, ProcessView view, Ending ending, TimeEvidence times) {
    this.instance = instance;
    this.record = instance.record();
    this.view = view;
    this.ending = ending;
    this.times = times;
  }

  /// Returns why a process is spared, because of itself or because a process above it is kept; null
  /// if it is not spared.
  ///
  /// @param isRecorded whether the instance itself recorded it under a name
  @Nullable Spared judge(ProcessInfo process, boolean isRecorded) {
    Sparing own = judgeAlone(process, isRecorded);
    if (own != null && own.isKept()) {
      return new Spared(process, own);
    }
    Spared above = keptAbove(process, isRecorded);
    return above != null || own == null ? above : new Spared(process, own);
  }

  /// Notes that the instance itself recorded a process under a name.
  void noteRecorded(ProcessInfo process) {
    ownRoots.add(process.pid());
  }

  /// Like [#judge], but ignores the processes above.
  @Nullable Sparing judgeAlone(ProcessInfo process, boolean isRecorded) {
    Map<Long, Sparing> spared = isRecorded ? recorded : found;
    Set<Long> notSpared = isRecorded ? notRecorded : notFound;
    Sparing known = spared.get(process.pid());
    if (known != null || notSpared.contains(process.pid())) {
      return known;
    }
    Sparing sparing = view.context().rules().judge(new Evidence(process, isRecorded));
    if (sparing == null) {
      notSpared.add(process.pid());
    } else {
      spared.put(process.pid(), sparing);
    }
    return sparing;
  }

  /// Searches upwards as far as processes can be the owner's: not the owner itself, and none that
  /// is older. A process that the owner started before it registered is not the instance's, but one
  /// below it may still be another instance's. Everything below a recorded process is stopped with
  /// it, so from there on the rules for recorded processes apply.
  private @Nullable Spared keptAbove(ProcessInfo process, boolean isRecorded) {
    Set<Long> seen = new HashSet<>();
    boolean belowRecorded = isRecorded;
    ProcessInfo child = process;
    ProcessInfo parent = view.snapshot().find(process.parent());
    while (parent != null
        && parent.pid() > 1
        && !parent.start().isAfter(child.start())
        && seen.add(parent.pid())
        && !isOwner(parent)
        && canBeInside(parent)) {
      belowRecorded |= ownRoots.contains(parent.pid());
      Sparing above = judgeAlone(parent, belowRecorded);
      if (above != null && above.isKept()) {
        return new Spared(parent, above);
      }
      child = parent;
      parent = view.snapshot().find(parent.parent());
    }
    return null;
  }

  /// Returns whether a process can descend from the owner: it is not older. If the clock was set,
  /// its age says nothing, and a process that can be another instance's must not be taken for ours.
  private boolean canBeInside(ProcessInfo process) {
    return times.isYoungerThanOwner(process)
        || (times.dependsOnWallClock() && view.context().live().proveClockWasSet());
  }

  private boolean isOwner(ProcessInfo process) {
    ProcessIdentity owner = record.owner();
    return process.pid() == record.pid()
        && (owner == null || owner.start().equals(process.start()));
  }

  /// The facts about one process, looked up on request.
  private final class Evidence implements SparingEvidence {
    private final ProcessInfo process;
    private final boolean isRecorded;

    Evidence(ProcessInfo process, boolean isRecorded) {
      this.process = process;
      this.isRecorded = isRecorded;
    }

    @Override
    public boolean isProtected() {
      return view.isProtected(process);
    }

    @Override
    public @Nullable String liveInstance() {
      if (isRecorded && ending.onRequest()) {
        return null;
      }
      LiveInstances live = view.context().live();
      String self = instance.instanceId();
      String owned = live.ownedBy(process, self);
      if (owned == null) {
        boolean inheritsNone = record.surroundings().mark() != null;
        owned =
            live.madeBy(
                process, othersMark(), inheritsNone, self, ProcessSparing.this::canBeInside);
      }
      return owned != null ? owned : leader(live, self);
    }

    /// Returns the live instance whose owner leads the process's session, if that owner can descend
    /// from ours.
    private @Nullable String leader(LiveInstances live, String self) {
      ProcessInfo leader =
          process.session() == process.pid() ? null : view.snapshot().find(process.session());
      return leader == null || isOwner(leader) || !canBeInside(leader)
          ? null
          : live.ownedBy(leader, self);
    }

    /// Returns the marker of another instance, unless the process inherited it from our own owner.
    private @Nullable String othersMark() {
      String mark = view.mark(process).instance();
      String ownersMark = record.surroundings().mark();
      return isRecorded || mark == null || mark.equals(instance.mark()) || mark.equals(ownersMark)
          ? null
          : mark;
    }

    @Override
    public boolean optsOut() {
      return view.mark(process).keep();
    }

    @Override
    public boolean ownerOptedOut() {
      return record.surroundings().optedOut();
    }

    @Override
    public boolean isRecorded() {
      return isRecorded;
    }

    @Override
    public @Nullable String keptProgram() {
      KeepList keep = view.context().keep().list().forInstance(record.keep());
      return keep.reason(view.table().program(process.pid()));
    }

    @Override
    public @Nullable String unit() {
      return view.table().systemdUnit(process.pid());
    }

    @Override
    public @Nullable String ownersUnit() {
      return times.mayShareNamespace() ? record.surroundings().systemdUnit() : null;
    }

    @Override
    public RunBy runBy() {
      User owner = instance.user();
      User user = view.user(process);
      if (user == null && view.table().find(process.pid()) instanceof ProcessLookup.Absent) {
        return RunBy.ENDED;
      }
      if (owner == null || user == null) {
        return RunBy.HIDDEN;
      }
      return owner.sameAs(user) ? RunBy.SAME : RunBy.ANOTHER;
    }
  }
}
