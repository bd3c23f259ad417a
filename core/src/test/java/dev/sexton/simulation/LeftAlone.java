package dev.sexton.simulation;

import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.simulation.WorldInstance.Kind;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The truth about what a sweep of one instance must leave alone although that instance made it.
///
/// Shares no code with the product.
final class LeftAlone {
  private final World world;

  LeftAlone(World world) {
    this.world = world;
  }

  /// Returns why a process must not be signalled for this instance; null if it may be signalled.
  ///
  /// A kept process is kept with everything that is below it now, as far up as the instance made
  /// it. Below a recorded process, neither the program nor the unit counts.
  @Nullable String reason(WorldInstance swept, WorldProcess target, Actor by) {
    boolean recorded = false;
    for (WorldProcess one = target;
        one != null && isSeen(one, by) && swept.made(one);
        one = one.parent) {
      recorded |= swept.everTracked.contains(one);
      boolean inspected = by.isRoot() || one.uid == by.process.uid;
      if (inspected && one.keep && !swept.ownerKeeps) {
        return "opted out";
      }
      String live = live(swept, one, recorded, by);
      if (live != null) {
        return live;
      }
      if (!recorded && one.program.isKept()) {
        return "is a " + one.program;
      }
      if (!recorded && by.process.namespace == one.namespace && isInAnotherUnit(swept, one)) {
        return "runs in the unit " + one.unit;
      }
    }
    return null;
  }

  private boolean isSeen(@Nullable WorldProcess process, Actor by) {
    return process != null
        && (!world.hidesOtherUsers || by.isRoot() || process.uid == by.process.uid);
  }

  private static boolean isInAnotherUnit(WorldInstance swept, WorldProcess process) {
    return swept.kind == Kind.SEXTON
        && !process.unit.isEmpty()
        && !process.unit.equals(swept.ownersUnit);
  }

  private @Nullable String live(
      WorldInstance swept, WorldProcess process, boolean recorded, Actor by) {
    if (recorded && swept.closing && by.process == swept.owner) {
      return null; // The owner itself ends what it recorded, whatever that has become.
    }
    for (WorldInstance other : by.registered) {
      WorldProcess owner = other.owner;
      boolean inside = owner != null && other != swept && swept.made(owner);
      if (!inside || other.isDead() || other.abandoned || !by.canRead(other)) {
        continue;
      }
      if (process == owner || process.session == owner) {
        return "belongs to " + other + ", which lives";
      }
      if (!recorded && swept.kind == Kind.SEXTON && other.mark().equals(process.mark)) {
        return "carries the mark of " + other + ", which lives";
      }
    }
    return !recorded && carriesUnknownMark(swept, process, by)
        ? "carries the mark of an instance that has no record"
        : null;
  }

  private boolean carriesUnknownMark(WorldInstance swept, WorldProcess process, Actor by) {
    String mark = process.mark;
    boolean inspected = by.isRoot() || process.uid == by.process.uid;
    if (mark == null
        || !inspected
        || swept.kind != Kind.SEXTON
        || mark.equals(swept.mark())
        || mark.equals(swept.ownersMark)) {
      return false;
    }
    for (WorldInstance other : world.instances) {
      if (other.mark().equals(mark)) {
        return !by.registered.contains(other)
            && !by.recorded.contains(other)
            && world.files.get(other.id + ".json") == null;
      }
    }
    return true;
  }

  /// Returns whether a process that this instance made may rightly remain after all sweeps.
  ///
  /// If other instances are involved, it returns true too often rather than too rarely.
  ///
  /// @param record the instance's record
  /// @param stillRegistered whether only instances that still have a record can claim it
  boolean mayBeLeft(
      WorldInstance swept, InstanceRecord record, WorldProcess process, boolean stillRegistered) {
    Set<WorldProcess> named = named(record);
    boolean recorded = false;
    for (WorldProcess one = process; one != null && seemsMadeBy(swept, one); one = one.parent) {
      recorded |= named.contains(one);
      boolean kept = !recorded && (one.program.isKept() || isInAnotherUnit(swept, one));
      if ((one.keep && !swept.ownerKeeps)
          || kept
          || isClaimed(swept, one, recorded, stillRegistered)) {
        return true;
      }
    }
    return false;
  }

  /// Returns whether an instance made a process, or the process cannot be told from one that it
  /// made.
  ///
  /// A process that started in the owner's tick may be above the owner or below it. After the
  /// owner's death, nothing shows which: the owner's children then have the nearest subreaper above
  /// it as their parent.
  private static boolean seemsMadeBy(WorldInstance swept, WorldProcess process) {
    WorldProcess owner = swept.owner;
    return swept.made(process)
        || (owner != null
            && process != owner
            && process.innerPid > 1
            && process.startTicks == owner.startTicks);
  }

  /// Returns whether an instance in another namespace has a process that started in the same tick.
  ///
  /// From outside it is unknown which of the two was recorded. A tombstone also names members of
  /// the owner's session.
  private boolean isTwin(WorldProcess process, WorldInstance other) {
    Stream<WorldProcess> members =
        world.everyone.stream().filter(one -> one.session == other.owner);
    return Stream.of(other.everTracked.stream(), Stream.ofNullable(other.owner), members)
        .flatMap(all -> all)
        .anyMatch(
            one -> one.namespace != process.namespace && one.startTicks == process.startTicks);
  }

  /// Returns the processes that a record names, without those that a sweep found and added.
  private Set<WorldProcess> named(InstanceRecord record) {
    Set<WorldProcess> named = new HashSet<>();
    record
        .processes()
        .forEach((name, tracked) -> {
          ProcessIdentity identity = tracked.identity();
          WorldProcess process =
              identity == null ? world.host.byPid.get(tracked.pid()) : world.judge.find(identity);
          if (process != null && !name.startsWith("(")) {
            named.add(process);
          }
        });
    return named;
  }

  private boolean isClaimed(
      WorldInstance swept, WorldProcess process, boolean recorded, boolean stillRegistered) {
    for (WorldInstance other : world.instances) {
      boolean marked = !recorded && other.mark().equals(process.mark);
      boolean registered = world.files.get(other.id + ".json") != null;
      if (other == swept) {
        continue;
      }
      if (marked && !registered && !other.mark().equals(swept.ownersMark)) {
        return true;
      }
      // The record may have been removed after the sweep that could not tell the two apart.
      if (isTwin(process, other) || isTwin(process.session, other)) {
        return true;
      }
      if (stillRegistered && !registered) {
        continue;
      }
      boolean bare =
          other.bareNumbers.contains(process.pid)
              || other.bareNumbers.contains(process.innerPid)
              || other.bareNumbers.contains(process.session.pid)
              || other.bareNumbers.contains(process.session.innerPid);
      if (bare
          || marked
          || process == other.owner
          || process.session == other.owner
          || other.everTracked.contains(process)) {
        return true;
      }
    }
    return false;
  }
}
