package dev.sexton.simulation;

import dev.sexton.internal.sweep.Ports;
import dev.sexton.spi.ResourceProvider;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A process that runs the product's code, with its ports.
///
/// It may be killed before or after any single effect, and anything else may happen in between.
final class Actor {
  /// The effects that follow the last read of a record.
  private static final Set<String> RECORDING = Set.of("journal", "write", "rename", "delete");

  final World world;
  final WorldProcess process;
  final SimulatedProcessTable processes;
  final SimulatedLocks locks;
  final SimulatedStateDirectory directory;
  private final List<ResourceProvider> engines;
  private final Runnable meanwhile;

  /// The instances whose records it could read when its sweep began, and whenever it has listed
  /// them since.
  final Set<WorldInstance> registered = new HashSet<>();

  /// The instances that had a record then, readable or not.
  final Set<WorldInstance> recorded = new HashSet<>();

  /// The processes that it has signalled since its sweep began.
  final Set<WorldProcess> signalled = new HashSet<>();

  /// Half-steps of effects until it is killed; negative if it is not killed.
  int crashIn = -1;

  /// Creates an actor.
  ///
  /// @param meanwhile the actions of all others while it works
  Actor(World world, WorldProcess process, boolean hasEngine, Runnable meanwhile) {
    this.world = world;
    this.process = process;
    this.meanwhile = meanwhile;
    processes = new SimulatedProcessTable(this);
    locks = new SimulatedLocks(this);
    directory = new SimulatedStateDirectory(this);
    engines = hasEngine ? List.of(new SimulatedEngine.Provider(this)) : List.of();
  }

  Ports ports() {
    return new Ports(
        processes,
        locks,
        engines,
        new SimulatedClock(this),
        tasks -> {
          // The tasks run in parallel. Here they run in either order.
          boolean forward = !world.chance.oneIn(2);
          for (int i = 0; i < tasks.size(); i++) {
            tasks.get(forward ? i : tasks.size() - 1 - i).run();
          }
        });
  }

  /// Notes before a sweep what the actor can know about other instances.
  void beginSweep() {
    signalled.clear();
    registered.clear();
    recorded.clear();
    for (WorldInstance instance : world.instances) {
      if (canRead(instance)) {
        registered.add(instance);
      }
      if (world.files.get(instance.id + ".json") != null) {
        recorded.add(instance);
      }
    }
    for (WorldInstance inner : registered) {
      WorldProcess owner = inner.owner;
      if (owner != null
          && owner.isAlive()
          && registered.stream().anyMatch(outer -> outer.isDead() && outer.made(owner))) {
        world.log.count("sweep with a live instance inside a dead one");
      }
    }
  }

  /// Returns whether it can read an instance's record now.
  boolean canRead(WorldInstance instance) {
    Inode file = world.files.get(instance.id + ".json");
    return file != null
        && !file.spoilt
        && !file.writableByOthers
        && !world.files.unreadable
        && file.mayRead(process.uid);
  }

  /// Called when it has listed the records.
  ///
  /// An instance without a readable record has ended, as far as it can know. If that instance
  /// registers again a moment later, the actor may already be signalling its processes.
  void listed() {
    registered.removeIf(instance -> !canRead(instance));
  }

  boolean isRoot() {
    return process.uid == World.ROOT;
  }

  /// Called before it reads anything.
  void look() {
    if (process.died) {
      throw new Crash();
    }
  }

  /// Called before an effect.
  void before(String effect) {
    look();
    boolean records = RECORDING.contains(effect);
    world.recording += records ? 1 : 0;
    try {
      meanwhile.run();
    } finally {
      world.recording -= records ? 1 : 0;
    }
    look();
    maybeCrash("crash before ", effect);
  }

  /// Called after an effect.
  void after(String effect) {
    maybeCrash("crash after ", effect);
    look();
  }

  private void maybeCrash(String when, String effect) {
    if (crashIn == 0) {
      world.log.count(when + effect);
      world.happened(when + effect, process, 0);
      world.die(process, false);
      throw new Crash();
    }
    crashIn--;
  }
}
