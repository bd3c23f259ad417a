package dev.sexton.simulation;

import dev.sexton.InstanceReport;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.sweep.Sweep;
import dev.sexton.internal.sweep.SweepRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The life of one machine from one seed: servers come, spawn and die, process IDs come round again,
 * clocks are set, people and engines do what they do, and sweepers sweep and crash in the middle of
 * it. Start reading at {@link #run}.
 */
final class Simulation {
  private static final int STEPS = 45;

  /** How deep a sweep may run inside another's effect. */
  private static final int DEPTH = 2;

  final World world;
  private final Chance chance;
  private final LivenessRules rules;
  private final People people;
  private final List<SextonServer> servers = new ArrayList<>();
  private final List<OriginalServer> originals = new ArrayList<>();
  private boolean calm;

  Simulation(long seed, LivenessRules rules) {
    this.world = new World(seed);
    this.chance = world.chance;
    this.rules = rules;
    this.people = new People(world);
    world.hidesOtherUsers = chance.oneIn(6);
    world.shared = chance.oneIn(6);
    world.locksGetReplaced = !world.hidesOtherUsers && chance.oneIn(4);
    world.clockGoesBack = chance.oneIn(4);
  }

  /** Runs it all. Throws the first violation. */
  void run() {
    prepare();
    for (int step = 0; step < STEPS; step++) {
      step();
      world.pass(chance.below(200) * World.TICK_NANOS);
    }
    calm = true;
    new Epilogue(this).run();
    if (!world.violations.isEmpty()) {
      throw world.violations.getFirst(); // The product swallowed it.
    }
  }

  private void prepare() {
    for (int i = chance.below(3); i >= 0; i--) {
      WorldProcess shell = world.spawn(world.init, chance.oneIn(3) ? World.OTHER_USER : World.USER);
      shell.subreaper = i == 0 && chance.oneIn(3);
      if (chance.oneIn(2)) {
        world.lead(shell);
      }
    }
    if (world.shared) {
      addRemote();
    }
  }

  /** Everybody else's doings while somebody works. */
  void meanwhile() {
    if (!calm && world.depth < DEPTH && chance.oneIn(12)) {
      world.depth++;
      try {
        step();
      } finally {
        world.depth--;
      }
    }
  }

  private void step() {
    try {
      switch (chance.below(24)) {
        case 0, 1 -> startServer();
        case 2 -> startOriginal();
        case 3, 4, 5, 6, 7 -> serve();
        case 8, 9, 10 -> serveOriginal();
        case 11, 12 -> stranger();
        case 13, 14, 15 -> live();
        case 16, 17 -> killServer();
        case 18 -> people.meddle();
        case 19 -> people.weather();
        case 20 -> rare();
        default -> sweep();
      }
    } catch (Crash crashed) {
      world.log.count("crash");
    }
  }

  // ---- servers

  Actor actor(WorldProcess process) {
    return new Actor(world, process, calm || !chance.oneIn(8), this::meanwhile);
  }

  private String newId() {
    return new UUID(chance.next(), chance.next()).toString();
  }

  private void startServer() {
    int uid = chance.oneIn(8) ? World.ROOT : World.USER;
    WorldProcess process = chance.oneIn(5) ? inContainer(uid) : ordinaryChild(uid);
    if (chance.oneIn(2)) {
      world.lead(process);
    }
    WorldInstance instance =
        new WorldInstance(newId(), WorldInstance.Kind.SEXTON, process, uid, world.bootId());
    instance.leads = process.session == process;
    Actor actor = actor(process);
    actor.crashIn = chance.oneIn(10) ? chance.below(12) : -1;
    world.instances.add(instance);
    SextonServer server = new SextonServer(world, actor, instance);
    servers.add(server);
    server.register();
    actor.crashIn = -1;
  }

  private WorldProcess inContainer(int uid) {
    Namespace container;
    WorldProcess first;
    if (world.locksGetReplaced) {
      return ordinaryChild(uid);
    }
    if (world.containers.isEmpty() || chance.oneIn(2)) {
      container = new Namespace("pid:[40265" + (33000 + world.containers.size()) + "]", 30);
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

  /** A child of a shell, of init, or of whatever there is. */
  private WorldProcess ordinaryChild(int uid) {
    List<WorldProcess> living = world.living();
    WorldProcess parent = world.init;
    if (!living.isEmpty() && chance.below(3) > 0) {
      WorldProcess candidate = chance.of(living);
      boolean same = candidate.namespace == world.host && candidate.uid == uid;
      parent = same ? candidate : world.init;
    }
    return world.spawn(parent, uid);
  }

  private void startOriginal() {
    WorldProcess process = ordinaryChild(World.USER);
    process.python = true;
    if (chance.oneIn(2)) {
      world.lead(process);
    }
    WorldInstance instance =
        new WorldInstance(
            newId(), WorldInstance.Kind.ORIGINAL, process, World.USER, world.bootId());
    instance.leads = process.session == process;
    world.instances.add(instance);
    originals.add(new OriginalServer(world, instance, process));
  }

  private void addRemote() {
    String id = newId();
    WorldInstance instance =
        new WorldInstance(id, WorldInstance.Kind.REMOTE, null, World.USER, "boot-x");
    world.instances.add(instance);
    WorldRemote.put(world, instance);
  }

  private @Nullable SextonServer anyServer() {
    List<SextonServer> running = servers.stream().filter(SextonServer::isRunning).toList();
    return running.isEmpty() ? null : chance.of(running);
  }

  private void serve() {
    SextonServer server = anyServer();
    if (server == null) {
      return;
    }
    Actor actor = server.actor();
    actor.crashIn = chance.oneIn(12) ? chance.below(8) : -1;
    try {
      switch (chance.below(12)) {
        case 0, 1, 2, 3 -> {
          WorldProcess child = temper(server.launch());
          actor.before("track");
          server.track(child);
        }
        case 4 -> temper(server.launch()); // It is not recorded, yet it carries the mark.
        case 5 -> server.untrack();
        case 6, 7 -> server.makeContainers();
        case 8 -> server.runContainerLater();
        case 9 -> sweepAs(actor, request(Set.of(), false));
        case 10 -> server.close();
        default -> server.unregister();
      }
    } catch (IOException failed) {
      world.happened("cannot be unregistered", server.instance, 0);
    }
    actor.crashIn = -1;
  }

  private void serveOriginal() {
    List<OriginalServer> running = originals.stream().filter(OriginalServer::isRunning).toList();
    if (running.isEmpty()) {
      return;
    }
    OriginalServer server = chance.of(running);
    switch (chance.below(8)) {
      case 0, 1, 2, 3 -> server.track(temper(server.launch()));
      case 4 -> temper(server.launch());
      case 5 -> server.untrack();
      case 6 -> server.makeContainer();
      default -> {
        if (chance.oneIn(3)) {
          server.unregister();
        }
      }
    }
  }

  private WorldProcess temper(WorldProcess process) {
    process.temper =
        chance.oneIn(2)
            ? WorldProcess.Temper.OBEYS
            : chance.of(List.of(WorldProcess.Temper.values()));
    process.keep |= chance.oneIn(15);
    return process;
  }

  private void killServer() {
    List<WorldInstance> running =
        world.instances.stream().filter(one -> one.owner != null && !one.isDead()).toList();
    if (!running.isEmpty()) {
      WorldInstance instance = chance.of(running);
      WorldProcess owner = instance.owner;
      if (owner != null) {
        world.happened("killed", instance, 0);
        world.die(owner, chance.oneIn(3));
        if (chance.oneIn(2)) {
          recycle(owner);
        }
      }
    }
  }

  // ---- processes

  /** Somebody else's process, at best under a number that a dead one had. */
  private void stranger() {
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

  private void recycle(WorldProcess dead) {
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

  /** Some process does something. */
  private void live() {
    List<WorldProcess> living =
        world.living().stream()
            .filter(one -> one.state == dev.sexton.internal.process.ProcessInfo.State.RUNNING)
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
      case 5 -> process.state = dev.sexton.internal.process.ProcessInfo.State.STOPPED;
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

  private void rare() {
    switch (chance.below(6)) {
      case 0 -> world.setClock(chance.between(1, 7200) * World.SECOND);
      case 1 -> {
        if (world.clockGoesBack) {
          world.setClock(-chance.between(1, 7200) * World.SECOND);
        }
      }
      case 2 -> {
        if (chance.oneIn(2)) {
          world.reboot();
        }
      }
      case 3 -> world.pass(chance.between(1, 600) * World.SECOND);
      default -> stranger();
    }
  }

  // ---- sweeps

  SweepRequest request(Set<String> instances, boolean assumeDead) {
    return new SweepRequest(
        List.of(new SimulatedStateDirectory(dummy())),
        chance.oneIn(2),
        instances,
        assumeDead,
        !calm && chance.oneIn(10),
        Duration.ofMillis(chance.of(List.of(0, 200, 1500, 4000))),
        SweepRequest.Progress.NONE);
  }

  private Actor dummy() {
    return new Actor(world, world.init, false, () -> {});
  }

  private void sweep() {
    WorldProcess process;
    if (chance.oneIn(6)) {
      process = inContainer(World.USER);
    } else {
      process = ordinaryChild(chance.oneIn(4) ? World.ROOT : World.USER);
    }
    Set<String> only = Set.of();
    boolean assume = false;
    boolean wrongly = false;
    if (chance.oneIn(5) && !world.instances.isEmpty()) {
      WorldInstance instance = chance.of(world.instances);
      only = Set.of(instance.id);
      wrongly = !instance.isDead() && isProvenAlive(instance, process);
      assume = instance.isDead() || wrongly;
    }
    // What proves that it lives must not go away meanwhile.
    Actor sweeper = wrongly ? new Actor(world, process, true, () -> {}) : actor(process);
    sweeper.crashIn = chance.oneIn(3) ? chance.below(40) : -1;
    if (wrongly) {
      world.log.count("assumed dead, and wrongly");
    }
    sweepAs(sweeper, request(only, assume));
    world.die(process, false);
  }

  /**
   * A person may be wrong about an instance of which the contract says that it is never swept:
   * while its lock is held, or a process that it recorded is its child.
   */
  private boolean isProvenAlive(WorldInstance instance, WorldProcess sweeper) {
    WorldProcess owner = instance.owner;
    if (owner == null || world.files.noLocks) {
      return false;
    }
    Inode lock = world.files.get(instance.id + ".lock");
    if (lock != null && lock.ownerLock == owner) {
      return lock.mayRead(sweeper.uid);
    }
    Inode record = world.files.get(instance.id + ".json");
    return instance.kind == WorldInstance.Kind.ORIGINAL
        && !world.shared
        && sweeper.namespace == world.host
        && record != null
        && instance.tracked.values().stream()
            .anyMatch(one -> one.parent == owner && record.has(": " + one.pid));
  }

  SweepReport sweepAs(Actor sweeper, SweepRequest asked) {
    SweepRequest request =
        new SweepRequest(
            List.of(sweeper.directory),
            asked.everywhere(),
            asked.instanceIds(),
            asked.assumeDead(),
            asked.dryRun(),
            asked.grace(),
            asked.progress());
    world.happened(
        (request.dryRun() ? "dry run" : "sweep") + (request.assumeDead() ? ", assume dead" : ""),
        sweeper.process,
        sweeper.crashIn);
    SweepReport report = new Sweep(sweeper.ports(), request, rules).run();
    if (sweeper.process.died) {
      world.violated("the product ran on after the death of its process " + sweeper.process);
    }
    count(report);
    world.happened("sweep ends", sweeper.process, report.stopped());
    return report;
  }

  private void count(SweepReport report) {
    world.log.count(world.depth > 0 ? "sweep within another's effect" : "sweep");
    for (InstanceReport instance : report.instances()) {
      world.log.count("rule: " + Reasons.rule(instance.reason()));
      world.happened(
          "judged "
              + instance.liveness()
              + ": "
              + instance.reason()
              + "; record "
              + instance.record(),
          instance.instanceId().substring(0, 8),
          0);
      instance
          .resources()
          .forEach(resource -> {
            world.log.count("outcome " + resource.outcome());
            world.happened(
                resource.outcome() + " " + resource.name() + ": " + resource.reason(),
                instance.instanceId().substring(0, 8),
                resource.pid());
          });
      if (instance.liveness() == Liveness.DEAD) {
        world.log.count("record " + instance.record());
      }
    }
    report.unclaimed().forEach(one -> world.log.count("unclaimed"));
    report.problems().forEach(one -> world.happened("problem: " + one.problem(), one.path(), 0));
  }
}
