package dev.sexton.simulation;

import dev.sexton.RecordException;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo.State;
import dev.sexton.internal.process.Signal;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.record.RecordReader;
import org.jspecify.annotations.Nullable;

/// Knows the truth and checks every single effect.
///
/// Nothing outside a dead instance may ever be signalled, stopped, removed or overwritten. Shares
/// no code with the product except the reader of records.
final class Judge {
  private final World world;

  Judge(World world) {
    this.world = world;
  }

  void signal(Actor by, WorldProcess target, Signal signal) {
    String what = by.process + " sends SIG" + signal + " to " + target;
    for (WorldProcess one = by.process; one != null; one = one.parent) {
      if (one == target) {
        world.violated(what + ", which is the sweeper or its ancestor");
      }
    }
    if (target.innerPid <= 1) {
      world.violated(what + ", which is an init");
    }
    String reason = "no dead instance of its user made";
    for (WorldInstance instance : world.instances) {
      if (isOver(instance, by) && instance.made(target) && instance.uid == target.uid) {
        String leftAlone = world.leftAlone.reason(instance, target, by);
        if (leftAlone == null) {
          by.signalled.add(target);
          count(instance, target);
          return;
        }
        reason = leftAlone;
      }
    }
    world.violated(what + ", which " + reason);
  }

  private void count(WorldInstance instance, WorldProcess target) {
    if (target.program == WorldProcess.Program.STEERED_BROWSER) {
      world.log.count("browser under automation stopped");
    }
    boolean recorded = instance.everTracked.contains(target);
    if (recorded && target.program.isKept()) {
      world.log.count("recorded program of a kind that is kept stopped");
    }
    if (recorded && !target.unit.equals(instance.ownersUnit)) {
      world.log.count("recorded process in another unit stopped");
    }
    if (recorded && world.instances.stream().anyMatch(one -> one.owner == target)) {
      world.log.count("owner of an instance stopped by whoever recorded it");
    }
  }

  /// Returns whether an instance may be swept.
  ///
  /// Its owner must be dead or must be ending the instance.
  private static boolean isOver(WorldInstance instance, Actor by) {
    return instance.isDead()
        || instance.abandoned
        || (instance.closing && by.process == instance.owner);
  }

  void resource(Actor by, SimulatedEngine.Thing thing, String verb) {
    WorldInstance maker = thing.maker;
    boolean isProofLost = thing.provenByBoot > 0 && thing.provenByBoot < world.boots;
    if (thing.isLateCopy && (isProofLost || cannotBeToldApart())) {
      world.log.count("late copy that nothing told apart");
      return;
    }
    if (maker == null || !isOver(maker, by)) {
      world.violated(by.process + " " + verb + " " + thing.id + ", which no dead instance made");
    }
  }

  /// Returns whether no trustworthy evidence says when an instance had ended.
  ///
  /// The journal may be unreadable or writable by anyone, or the clock may not tell times apart.
  private boolean cannotBeToldApart() {
    return world.clockWasSet || world.files.distrusted || world.files.unreadable;
  }

  void delete(Actor by, String name, Inode file) {
    if (isOwners(by, name)) {
      return;
    }
    String what = by.process + " deletes " + name;
    WorldInstance instance = about(name);
    if (name.endsWith(".tmp")
        && instance != null
        && isOver(instance, by)
        && world.files.get(instance.id + ".json") == null) {
      return; // A file that a swept instance was writing when it was killed.
    }
    if (file.spoilt) {
      world.violated(what + ", which cannot be read");
    }
    if (name.endsWith(".tmp") && !isLocked(name)) {
      return; // An abandoned copy, of no use to anyone.
    }
    if (instance == null || !isOver(instance, by)) {
      world.violated(what + ", whose instance is not dead");
    } else if (name.endsWith(".json")) {
      complete(what, instance, file);
    }
  }

  /// Checks that a record is removed only when nothing that it names is left.
  private void complete(String what, WorldInstance instance, Inode file) {
    InstanceRecord record;
    try {
      record = RecordReader.read(file.bytes, "");
    } catch (RecordException unreadable) {
      world.violated(what + ", which cannot be read");
      return;
    }
    for (TrackedProcess tracked : record.processes().values()) {
      ProcessIdentity identity = tracked.identity();
      WorldProcess process = identity == null ? null : find(identity);
      if (process != null
          && process.state != State.ZOMBIE
          && !world.leftAlone.mayBeLeft(instance, record, process, false)
          && !(instance.kind == WorldInstance.Kind.ORIGINAL && world.clockWasSet)
          // /proc may hide another user's process, which is left alone.
          && process.uid == instance.uid
          && instance.made(process)
          && process.startTicks >= record.started().value()) {
        world.violated(what + ", which names " + process + ", and that is still there");
      }
    }
  }

  @Nullable WorldProcess find(ProcessIdentity identity) {
    for (WorldProcess process : world.processes) {
      if (process.startTicks == identity.start().value()
          && process.innerPid == identity.pid()
          && identity.machine().equals(world.machine(process.namespace))) {
        return process;
      }
    }
    return null;
  }

  void replace(Actor by, String name, @Nullable Inode before, byte[] after) {
    if (isOwners(by, name)) {
      return;
    }
    String what = by.process + " rewrites " + name;
    WorldInstance instance = about(name);
    if (instance == null || !isOver(instance, by)) {
      world.violated(what + ", whose instance is not dead");
    }
    // What was spoilt at this very moment was still readable when the sweeper read it once more.
    if (before != null && before.spoilt && before.spoiltAtNanos < world.nanos) {
      world.violated(what + ", which could not be read");
    }
    if (before != null
        && before.has("x_keep")
        && !new Inode(0, after, world.wall()).has("x_keep")) {
      world.violated(what + " and drops a key that it does not know");
    }
  }

  void setAside(Actor by, String name, Inode file) {
    if (name.endsWith(".tmp") && !isLocked(name)) {
      return; // It may also be unreadable because of missing permissions.
    }
    WorldInstance instance = about(name);
    String what = by.process + " sets " + name + " aside";
    // A rename cannot be made conditional on what was read. An owner without a lock that writes at
    // that very moment loses what it wrote, until it writes again.
    boolean writtenThisMoment = file.modified.equals(world.wall()) && !isLocked(name);
    if (!file.spoilt && !writtenThisMoment) {
      world.violated(what + ", which can be read");
    }
    // If a record cannot be read, it is unknown whether an original's owner is alive.
    if (instance != null
        && instance.kind == WorldInstance.Kind.SEXTON
        && !isOver(instance, by)
        && !instance.tamperedWith) {
      world.violated(what + ", whose owner lives");
    }
  }

  void deleteLock(Actor by, String name, Inode file) {
    WorldInstance instance = about(name);
    if (file.ownerLock != null && !file.ownerLock.died && file.ownerLock != by.process) {
      world.violated(by.process + " removes " + name + ", which its owner holds");
    }
    if (instance != null
        && instance.isElsewhere()
        && world.files.get(instance.id + ".json") != null) {
      world.violated(by.process + " removes " + name + " of an instance on another machine");
    }
  }

  /// Returns whether the lock beside a file is held.
  private boolean isLocked(String name) {
    Inode lock = world.files.get(name.substring(0, 36) + ".lock");
    return lock != null && lock.ownerLock != null && !lock.ownerLock.died;
  }

  private boolean isOwners(Actor by, String name) {
    WorldInstance instance = about(name);
    return instance != null && instance.owner == by.process;
  }

  private @Nullable WorldInstance about(String name) {
    return name.length() < 36 ? null : world.instance(name.substring(0, 36));
  }
}
