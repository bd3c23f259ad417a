package dev.sexton.simulation;

import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.sweep.SparingRules;

/// The life of one machine from one seed.
///
/// Servers come, spawn and die, PIDs are recycled, clocks are set, and people and engines act.
/// Sweepers sweep and crash in the middle of all this. Start reading at [#run].
final class Simulation {
  private static final int STEPS = 45;

  /// How deep a sweep may run inside another sweep's effect.
  private static final int DEPTH = 2;

  final World world;
  final BackgroundProcesses crowd;
  final Sentinels sentinels;
  final Servers servers;
  final Sweepers sweepers;
  private final SeededRandom chance;
  private final FileTamperer people;
  private boolean calm;

  Simulation(long seed, LivenessRules rules, SparingRules sparing) {
    this.world = new World(seed);
    this.chance = world.chance;
    this.crowd = new BackgroundProcesses(world);
    this.sentinels = new Sentinels(this);
    this.servers = new Servers(this);
    this.sweepers = new Sweepers(this, rules, sparing);
    this.people = new FileTamperer(world);
    world.hidesOtherUsers = chance.oneIn(6);
    world.shared = chance.oneIn(6);
    world.locksGetReplaced = !world.hidesOtherUsers && chance.oneIn(4);
    world.clockGoesBack = chance.oneIn(4);
    world.hasGroups = chance.oneIn(2);
  }

  /// Returns whether all faults are over.
  boolean isCalm() {
    return calm;
  }

  /// Runs the whole simulation.
  ///
  /// Throws the first violation.
  void run() {
    prepare();
    for (int step = 0; step < STEPS; step++) {
      step();
      world.pass(chance.below(200) * World.TICK_NANOS);
    }
    calm = true;
    new QuiescenceCheck(this).run();
    if (!world.violations.isEmpty()) {
      throw world.violations.getFirst(); // The product swallowed it.
    }
  }

  private void prepare() {
    for (int i = chance.below(3); i >= 0; i--) {
      WorldProcess shell = world.spawn(world.init, chance.oneIn(3) ? World.OTHER_USER : World.USER);
      shell.subreaper = i == 0 && chance.oneIn(3);
      shell.unit = i == 1 ? "" : "session-" + i + ".scope";
      if (chance.oneIn(2)) {
        world.lead(shell);
      }
    }
    if (world.shared) {
      servers.addRemote();
    }
    if (chance.oneIn(6)) {
      servers.addClone();
    }
  }

  /// Lets everyone else act while one actor works.
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
        case 0, 1 -> servers.startServer();
        case 2 -> servers.startOriginal();
        case 3, 4, 5, 6, 7 -> servers.serve();
        case 8, 9, 10 -> servers.serveOriginal();
        case 11, 12 -> crowd.stranger();
        case 13, 14 -> crowd.live();
        case 15 -> {
          sentinels.look();
          crowd.live();
        }
        case 16, 17 -> servers.killServer();
        case 18 -> {
          if (chance.oneIn(3)) {
            people.copyContainers();
          } else {
            people.meddle();
          }
        }
        case 19 -> people.weather();
        case 20 -> rare();
        default -> sweepers.sweep();
      }
    } catch (Crash crashed) {
      world.log.count("crash");
    }
  }

  private void rare() {
    switch (chance.below(7)) {
      case 6 -> sentinels.fail();
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
      case 4 -> crowd.endContainer();
      default -> crowd.stranger();
    }
  }

  Actor actor(WorldProcess process) {
    return new Actor(world, process, calm || !chance.oneIn(8), this::meanwhile);
  }
}
