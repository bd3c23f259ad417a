package dev.sexton.internal.sweep;

import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the members of the session that an instance's owner led. The kernel does not reuse the
/// owner's PID while a member lives. So it is this owner's session if the leader is gone and one of
/// these holds: a member carries the instance's marker, a member started before the owner last
/// wrote its record, or the owner was seen to die a moment ago. It is also this owner's session if
/// the owner still exists as a zombie.
final class SessionMembers {
  /// The name of a process that was found by its owner's session.
  private static final String NAME = "(session)";

  /// How often a sweep keeps a record because of members of its owner's session that are not
  /// provably its own. A watcher that held the owner can prove it, and may come slightly later.
  private static final int ATTEMPTS = 3;

  private final ObservedInstance instance;
  private final ProcessView view;
  private final TimeEvidence times;
  private final Ending ending;

  /// Creates a finder.
  ///
  /// @param ending the known facts about the owner's end
  SessionMembers(ObservedInstance instance, ProcessView view, TimeEvidence times, Ending ending) {
    this.instance = instance;
    this.view = view;
    this.times = times;
    this.ending = ending;
  }

  void addTo(FoundProcesses found) {
    long leader = instance.record().pid();
    Machine machine = times.ownersMachine();
    boolean elsewhere =
        machine == null ? !view.isOfWholeMachine() : !machine.isComparableTo(view.here());
    if (leader <= 1 || elsewhere) {
      return;
    }
    List<ProcessInfo> members = view.snapshot().sessionOf(leader);
    boolean proven = ownerWasSeenDying() || isOwnersZombie(view.snapshot().find(leader));
    for (ProcessInfo member : members) {
      if (member.pid() == leader) {
        return; // A later process leads a later session with this ID.
      }
      proven |=
          times.startedBeforeLastWrite(member)
              || instance.mark().equals(view.mark(member).instance());
    }
    for (ProcessInfo member : members) {
      if (proven) {
        found.addFound(member, NAME, "belongs to its owner's session");
      } else {
        addDoubtful(member, found);
      }
    }
  }

  private boolean isOwnersZombie(@Nullable ProcessInfo process) {
    ProcessIdentity owner = instance.record().owner();
    return process != null && owner != null && process.start().equals(owner.start());
  }

  /// Returns whether the process that was seen to die a moment ago was the owner and not a later
  /// process.
  private boolean ownerWasSeenDying() {
    ProcessInfo seen = ending.owner();
    if (seen == null || seen.pid() != instance.record().pid()) {
      return false;
    }
    ProcessIdentity owner = instance.record().owner();
    return owner != null ? owner.start().equals(seen.start()) : times.startedBeforeLastWrite(seen);
  }

  /// Settles a member of a session that may be the owner's or that of a later process with the same
  /// PID. The record is kept for a while, for a sweep that can decide.
  private void addDoubtful(ProcessInfo member, FoundProcesses found) {
    if (found.isKnown(member) || times.isOlderThanInstance(member) || found.isSpared(member)) {
      return;
    }
    found.markReported(member);
    InstanceRecord.Tombstone before = instance.record().tombstone();
    boolean last = before != null && before.attempts() >= ATTEMPTS;
    String reason =
        "the ID of its session is the owner's PID, and nothing proves that the owner led it";
    found.settle(
        last || instance.record().schema() == 0
            ? ResourceResult.unclaimed(instance, NAME, member, reason)
            : ResourceResult.doubtful(
                instance, NAME, member.pid(), reason + ": a later sweep checks again"));
  }
}
