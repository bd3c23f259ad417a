package dev.sexton.simulation;

import dev.sexton.internal.process.ProcessInfo.State;
import java.util.ArrayList;
import java.util.List;

/// All processes that are not servers (strangers, children, daemons), and containers for them.
final class BackgroundProcesses {
  private final World world;
  private final SeededRandom chance;

  BackgroundProcesses(World world) {
    this.world = world;
    this.chance = world.chance;
  }

  /// Spawns a child of a shell, of init, or of any living process.
  WorldProcess ordinaryChild(int uid) {
    List<WorldProcess> living = world.living();
    WorldProcess parent = world.init;
    if (!living.isEmpty() && chance.below(3) > 0) {
      WorldProcess candidate = chance.of(living);
      boolean same = candidate.namespace == world.host && candidate.uid == uid;
      parent = same ? candidate : world.init;
    }
    return world.spawn(parent, uid);
  }

  WorldProcess inContainer(int uid) {
    Namespace container;
    WorldProcess first;
    if (world.locksGetReplaced) {
      return ordinaryChild(uid);
    }
    if (world.containers.isEmpty() || chance.oneIn(2)) {
      container = new Namespace("pid:[40265" + (33000 + world.containers.size()) + "]", 30);
      container.masked = chance.oneIn(6);
      first = world.spawn(world.init, World.ROOT, container, 0);
      world.containers.add(container);
      world.lead(first);
    } else {
      container = chance.of(world.containers);
      WorldProcess running = container.byPid.get(1L);
      if (running == null) {
        return ordinaryChild(uid);
      }
      first = running;
    }
    return world.spawn(first, uid, container, 0);
  }

  /// Ends a container as a whole: its first process dies, and all others with it.
  void endContainer() {
    if (world.containers.isEmpty()) {
      return;
    }
    WorldProcess first = chance.of(world.containers).byPid.get(1L);
    if (first != null) {
      world.die(first, false);
      world.log.count("container ended");
    }
  }

  WorldProcess temper(WorldProcess process) {
    process.temper =
        chance.oneIn(2)
            ? WorldProcess.Temper.OBEYS
            : chance.of(List.of(WorldProcess.Temper.values()));
    process.keep |= chance.oneIn(15);
    if (chance.oneIn(12)) {
      process.program = chance.of(List.of(WorldProcess.Program.values()));
    }
    if (chance.oneIn(20)) {
      process.unit = chance.oneIn(4) ? "" : "app-" + chance.below(3) + ".scope";
    }
    return process;
  }

  /// Spawns an unrelated process, preferably with the PID of a dead process or of one that is about
  /// to be signalled.
  void stranger() {
    WorldProcess target = world.aimedAt;
    if (target != null && target != world.init) {
      world.die(target, false);
      recycle(target);
      return;
    }
    List<WorldProcess> dead = new ArrayList<>();
    for (WorldInstance instance : world.instances) {
      for (WorldProcess process : instance.tracked.values()) {
        if (process.died) {
          dead.add(process);
        }
      }
      if (instance.owner != null && instance.isDead()) {
        dead.add(instance.owner);
      }
    }
    if (dead.isEmpty()) {
      WorldProcess stranger = ordinaryChild(chance.oneIn(3) ? World.OTHER_USER : World.USER);
      stranger.python = chance.oneIn(2);
    } else {
      recycle(chance.of(dead));
    }
  }

  void recycle(WorldProcess dead) {
    world.pass(3 * World.TICK_NANOS);
    WorldProcess stranger =
        world.spawn(
            world.init, chance.oneIn(4) ? World.OTHER_USER : World.USER, world.host, dead.pid);
    stranger.python = chance.oneIn(2);
    temper(stranger);
    if (stranger.pid == dead.pid) {
      boolean owners = world.instances.stream().anyMatch(one -> one.owner == dead);
      world.log.count(owners ? "owner's process ID recycled" : "process ID recycled");
    }
    if (chance.oneIn(2)) {
      world.lead(stranger);
      WorldProcess member = world.spawn(stranger, stranger.uid);
      if (chance.oneIn(2)) {
        world.die(stranger, false);
        member.python = false;
      }
    }
  }

  /// Makes some process do something.
  void live() {
    List<WorldProcess> living =
        world.living().stream()
            .filter(one -> one.state == State.RUNNING && !world.isHeld(one))
            .toList();
    if (living.isEmpty() || world.processes.size() > 34) {
      return;
    }
    WorldProcess process = chance.of(living);
    switch (chance.below(9)) {
      case 0, 1 -> temper(world.spawn(process, process.uid));
      case 2 -> { // The double fork of a daemon.
        WorldProcess middle = world.spawn(process, process.uid);
        world.lead(middle);
        temper(world.spawn(middle, process.uid));
        world.die(middle, false);
      }
      case 3 -> {
        WorldProcess child = world.spawn(process, process.uid);
        child.mark = null; // env -i
        child.keep = false;
        temper(child);
      }
      case 4 -> {
        if (process.uid == World.ROOT || chance.oneIn(4)) {
          temper(world.spawn(process, World.OTHER_USER)); // su, sudo
        }
      }
      case 5 -> process.state = State.STOPPED;
      case 6 -> process.stuck = chance.oneIn(2);
      case 7 -> {
        if (process.session != process
            && world.instances.stream().noneMatch(i -> i.owner == process)) {
          world.lead(process);
        }
      }
      default -> world.die(process, chance.oneIn(3));
    }
  }
}
