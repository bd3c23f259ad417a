package dev.sexton.simulation;

import dev.sexton.InstanceReport;
import dev.sexton.Liveness;
import dev.sexton.RecordException;
import dev.sexton.SweepReport;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.record.RecordReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The end of a world.
///
/// Faults have stopped and all servers are dead. A few sweeps later, nothing is left that provably
/// belongs to them.
final class QuiescenceCheck {
  /// Enough sweeps that the last one no longer waits for proof of which instance owns a session.
  private static final int LAST_SWEEPS = 4;

  private final Simulation simulation;
  private final World world;
  private final List<Proof> provable = new ArrayList<>();

  /// Proof that a process belongs to a dead instance.
  private record Proof(
      WorldProcess process, WorldInstance instance, InstanceRecord record, String how) {}

  QuiescenceCheck(Simulation simulation) {
    this.simulation = simulation;
    this.world = simulation.world;
  }

  void run() {
    world.happened("---- the end: no more faults", "", 0);
    world.files.repair();
    world.engine.mood = SimulatedEngine.Mood.FINE;
    world.hidesOtherUsers = false;
    for (WorldProcess process : List.copyOf(world.processes)) {
      process.stuck = false;
      if (process.killPending) {
        world.die(process, false);
      }
    }
    for (WorldInstance instance : world.instances) {
      if (instance.owner != null) {
        world.die(instance.owner, false);
      }
    }
    world.outliveClock(); // A file from the future is not settled yet.
    world.pass(180 * World.SECOND);
    collectProvable();
    List<Namespace> containers = List.copyOf(world.containers);
    for (Namespace container : containers) {
      WorldProcess first = container.byPid.get(1L);
      if (first != null) {
        sweep(world.spawn(first, World.ROOT, container, 0), Set.of());
      }
    }
    sweep(sweeper(), Set.of());
    SweepReport report = sweep(sweeper(), Set.of());
    for (InstanceReport one : report.instances()) {
      if (one.liveness() == Liveness.UNKNOWN) {
        checkUnknown(one);
        WorldInstance instance = world.instance(one.instanceId());
        if (instance != null && instance.owner != null) {
          WorldProcess first = instance.owner.namespace.byPid.get(1L);
          if (first != null && first != world.init) {
            sweep(world.spawn(first, World.ROOT, first.namespace, 0), Set.of(one.instanceId()));
          }
          // For a newer schema, every sweep must be told that the instance is dead.
          for (int i = 0; i < LAST_SWEEPS; i++) {
            sweep(sweeper(), Set.of(one.instanceId()));
          }
          world.log.count("assumed dead");
        }
      }
    }
    world.pass(120 * World.SECOND);
    for (int i = 0; i < LAST_SWEEPS; i++) {
      sweep(sweeper(), Set.of());
    }
    checkNothingIsLeft();
  }

  private WorldProcess sweeper() {
    return world.spawn(world.init, World.ROOT);
  }

  private SweepReport sweep(WorldProcess process, Set<String> assumedDead) {
    SweepReport report =
        simulation.sweepers.sweepAs(
            simulation.actor(process),
            simulation.sweepers.request(assumedDead, !assumedDead.isEmpty()));
    world.die(process, false);
    return report;
  }

  /// Collects the processes that a record, a marker or a session proves to belong to a dead
  /// instance.
  private void collectProvable() {
    for (WorldInstance instance : world.instances) {
      InstanceRecord record = read(instance);
      WorldProcess owner = instance.owner;
      if (record == null || owner == null) {
        continue;
      }
      if (instance.kind == WorldInstance.Kind.SEXTON && isIncomparable(instance)) {
        continue; // Its times are those of a wall clock that may have been set.
      }
      long since = Math.max(record.started().value(), 0);
      for (WorldProcess process : world.living()) {
        if (process.uid != instance.uid || process.startTicks < since) {
          continue;
        }
        if (instance.mark().equals(process.mark)) {
          prove(process, instance, record, "marked by ");
        }
        if (process.group != null
            && process.group.path.equals(record.surroundings().controlGroup())) {
          prove(process, instance, record, "in the control group of ");
        }
        if (instance.kind == WorldInstance.Kind.SEXTON
            && process.session == owner
            && process.startTicks <= record.written().value()) {
          prove(process, instance, record, "in the session of ");
        }
      }
      for (TrackedProcess tracked : record.processes().values()) {
        addTracked(instance, record, tracked, since);
      }
    }
  }

  private void addTracked(
      WorldInstance instance, InstanceRecord record, TrackedProcess tracked, long since) {
    WorldProcess process = null;
    boolean original = instance.kind == WorldInstance.Kind.ORIGINAL;
    if (original && (world.clockWasSet || isAnotherPython(instance))) {
      return;
    }
    if (tracked.identity() != null) {
      process = world.judge.find(tracked.identity());
    } else if (original) {
      process = world.host.byPid.get(tracked.pid());
      if (process != null && process.bornAtNanos > instance.writtenAtNanos + 2 * World.SECOND) {
        return; // The process that has this PID now was born after the record was written.
      }
    }
    if (process != null
        && !process.died
        && process.uid == instance.uid
        && process.startTicks >= since
        && instance.made(process)) {
      prove(process, instance, record, "recorded by ");
    }
  }

  private void prove(
      WorldProcess process, WorldInstance instance, InstanceRecord record, String how) {
    if (!world.leftAlone.mayBeLeft(instance, record, process, true)) {
      provable.add(new Proof(process, instance, record, how + instance));
    }
  }

  private @Nullable InstanceRecord read(WorldInstance instance) {
    Inode file = world.files.get(instance.id + ".json");
    try {
      return file == null || file.spoilt ? null : RecordReader.read(file.bytes, instance.id);
    } catch (RecordException unreadable) {
      return null;
    }
  }

  /// Checks that UNKNOWN is not reported where the truth could be determined.
  private void checkUnknown(InstanceReport report) {
    WorldInstance instance = world.instance(report.instanceId());
    if (instance == null || instance.owner == null) {
      return;
    }
    boolean original = instance.kind == WorldInstance.Kind.ORIGINAL;
    boolean newer = report.reason().contains("newer than this version");
    boolean elsewhere =
        instance.owner.namespace != world.host
            && instance.boot.equals(world.bootId())
            && report.reason().contains("PID namespace")
            && !instance.owner.namespace.byPid.isEmpty()
            && hasNoLock(instance);
    if (!original && !newer && !elsewhere && !isIncomparable(instance)) {
      world.violated("instance " + instance + " is UNKNOWN: " + report.reason());
    }
  }

  /// Returns whether nothing proves what the instance's identity means here.
  private boolean isIncomparable(WorldInstance instance) {
    WorldProcess owner = instance.owner;
    boolean masked = owner != null && owner.namespace.masked;
    // The list could not be written, and the record proves nothing where others can write or where
    // a clock was set back.
    boolean unproven = !instance.boot.equals(world.bootId()) && !isListed(instance.boot);
    return masked || unproven;
  }

  private boolean isListed(String boot) {
    Instant since = world.wallAt(0);
    return world.files.boots.stream().anyMatch(one -> one.id().equals(boot))
        && world.files.boots.stream()
            .allMatch(one -> !one.id().equals(boot) || one.at().isBefore(since));
  }

  private boolean hasNoLock(WorldInstance instance) {
    InstanceRecord record = read(instance);
    return world.files.get(instance.id + ".lock") == null
        || (record != null && !record.ownerHoldsLock());
  }

  private void checkNothingIsLeft() {
    for (Proof proof : provable) {
      if (!proof.process().died
          && !world.leftAlone.mayBeLeft(proof.instance(), proof.record(), proof.process(), true)) {
        world.violated(proof.process() + " is left, " + proof.how());
      }
    }
    List<String> files = new ArrayList<>(world.files.byName.keySet());
    for (String name : files) {
      WorldInstance instance = world.instance(name.substring(0, Math.min(36, name.length())));
      boolean remote = instance != null && instance.isElsewhere();
      if (!name.endsWith(".unreadable") && !remote && !isExcused(instance)) {
        world.violated("the file " + name + " is left");
      }
    }
    for (SimulatedEngine.Thing thing : world.engine.things.values()) {
      WorldInstance maker = thing.maker;
      if (maker != null
          && maker.kind == WorldInstance.Kind.SEXTON
          && !isIncomparable(maker)
          && !world.clockWasSet // If it was set, a container may seem younger than its owner's end.
          && !isExcused(maker)
          && maker.owner != null
          && !isUndated(thing, maker.owner)
          && (maker.owner.namespace == world.host || !maker.boot.equals(world.bootId()))) {
        world.violated("the resource " + thing + " of " + maker + " is left");
      }
    }
  }

  /// Returns whether the clock was set so that the resource may seem newer than its maker's death.
  private boolean isUndated(SimulatedEngine.Thing thing, WorldProcess owner) {
    return world.clockSetAtNanos >= Math.min(thing.madeAtNanos, owner.diedAtNanos);
  }

  /// Returns whether an instance rightly keeps its record.
  ///
  /// This is so if a process that it made runs as another user. It is also so if another Python now
  /// has the owner's PID, which is all that the original records.
  private boolean isExcused(@Nullable WorldInstance instance) {
    if (instance == null) {
      return false;
    }
    if (instance.kind == WorldInstance.Kind.SEXTON && isIncomparable(instance)) {
      world.log.count("identity that compares with nothing");
      return true;
    }
    if (isAnotherPython(instance)) {
      world.log.count("owner's process ID belongs to another Python");
      return true;
    }
    if (namesUnprovenBoot(instance)) {
      return true;
    }
    if (world.clockWasSet && isAgeHidden(instance)) {
      world.log.count("tombstone kept for times that contradict each other");
      return true;
    }
    WorldProcess owner = instance.owner;
    if (owner != null
        && world.engine.things.values().stream()
            .anyMatch(thing -> thing.maker == instance && isUndated(thing, owner))) {
      world.log.count("tombstone kept for what an undated container uses");
      return true;
    }
    for (WorldProcess process : world.living()) {
      if (process.uid != instance.uid && instance.made(process)) {
        world.log.count("tombstone kept for another user's process");
        return true;
      }
    }
    return false;
  }

  /// Returns whether a tombstone names a process of an earlier boot that nothing proves to be over.
  private boolean namesUnprovenBoot(WorldInstance instance) {
    InstanceRecord record = read(instance);
    return record != null
        && record.processes().values().stream()
            .map(TrackedProcess::identity)
            .anyMatch(identity ->
                identity != null
                    && !identity.machine().boot().equals(world.bootId())
                    && !isListed(identity.machine().boot()));
  }

  /// Returns whether something is left whose age only the wall clock tells.
  private boolean isAgeHidden(WorldInstance instance) {
    if (instance.kind == WorldInstance.Kind.SEXTON) {
      return world.engine.things.values().stream().anyMatch(thing -> instance.equals(thing.maker));
    }
    return world.living().stream()
        .anyMatch(process ->
            instance.bareNumbers.contains(process.pid)
                || instance.bareNumbers.contains(process.session.pid));
  }

  /// Returns whether nothing shows that the process with the owner's PID is not the owner.
  private boolean isAnotherPython(WorldInstance instance) {
    WorldProcess owner = instance.owner;
    if (instance.kind != WorldInstance.Kind.ORIGINAL || owner == null) {
      return false;
    }
    WorldProcess other = world.host.byPid.get(owner.pid);
    if (other == null || !other.python) {
      return false;
    }
    boolean clearlyLater = other.bornAtNanos > instance.writtenAtNanos + 3 * World.SECOND;
    Inode record = world.files.get(instance.id + ".json");
    boolean seemsItsParent =
        record != null
            && world.processes.stream()
                .anyMatch(one -> one.parent == other && record.has(": " + one.pid));
    return world.clockWasSet || !clearlyLater || seemsItsParent;
  }
}
