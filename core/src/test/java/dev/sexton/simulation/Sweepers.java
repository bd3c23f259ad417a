package dev.sexton.simulation;

import dev.sexton.InstanceReport;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.ResourceReport;
import dev.sexton.ResourceReport.ProcessReport;
import dev.sexton.SweepReport;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.sweep.SparingRules;
import dev.sexton.internal.sweep.Sweep;
import dev.sexton.internal.sweep.SweepRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// The sweepers.
///
/// Anyone may sweep, from anywhere, with any option, and may crash at any effect.
final class Sweepers {
  private final Simulation simulation;
  private final World world;
  private final SeededRandom chance;
  private final LivenessRules rules;
  private final SparingRules sparing;

  Sweepers(Simulation simulation, LivenessRules rules, SparingRules sparing) {
    this.simulation = simulation;
    this.world = simulation.world;
    this.chance = world.chance;
    this.rules = rules;
    this.sparing = sparing;
  }

  void sweep() {
    WorldProcess process;
    if (chance.oneIn(6)) {
      process = simulation.crowd.inContainer(World.USER);
    } else {
      process = simulation.crowd.ordinaryChild(chance.oneIn(4) ? World.ROOT : World.USER);
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
    // The proof that it is alive must not disappear meanwhile.
    Actor sweeper = wrongly ? new Actor(world, process, true, () -> {}) : simulation.actor(process);
    sweeper.crashIn = chance.oneIn(3) ? chance.below(40) : -1;
    if (wrongly) {
      world.log.count("assumed dead, and wrongly");
    }
    sweepAs(sweeper, request(only, assume));
    world.die(process, false);
  }

  /// Returns whether the contract guarantees that the instance is not swept, even if a person
  /// wrongly assumes it dead.
  ///
  /// This is so while its lock is held, or while a process that it recorded is its child.
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
            .anyMatch(one -> one.parent == owner && record.names(one.pid));
  }

  SweepRequest request(Set<String> instances, boolean assumeDead) {
    return SweepRequest.of(List.of())
        .everywhere(chance.oneIn(2))
        .instanceIds(instances)
        .assumeDead(assumeDead)
        .dryRun(!simulation.isCalm() && chance.oneIn(10))
        .grace(Duration.ofMillis(chance.of(List.of(0, 200, 1500, 4000))))
        .build();
  }

  SweepReport sweepAs(Actor sweeper, SweepRequest asked) {
    SweepRequest request = asked.toBuilder().directories(List.of(sweeper.directory)).build();
    world.happened(
        (request.dryRun() ? "dry run" : "sweep") + (request.assumeDead() ? ", assume dead" : ""),
        sweeper.process,
        sweeper.crashIn);
    sweeper.beginSweep();
    SweepReport report = new Sweep(sweeper.ports(), request, rules, sparing).run();
    if (sweeper.process.died) {
      world.violated("the product ran on after the death of its process " + sweeper.process);
    }
    count(report);
    checkKept(report, sweeper);
    world.happened("sweep ends", sweeper.process, report.stopped());
    return report;
  }

  /// Checks that no process was signalled if it is reported as kept.
  ///
  /// Exceptions are a process that another dead instance also made, and an instance that has ended
  /// since and for which it was kept.
  private void checkKept(SweepReport report, Actor sweeper) {
    for (InstanceReport instance : report.instances()) {
      for (ResourceReport resource : instance.resources()) {
        for (WorldProcess signalled : sweeper.signalled) {
          if (resource.outcome() == Outcome.KEPT
              && resource instanceof ProcessReport process
              && process.pids().contains(signalled.pidIn(sweeper.process.namespace))
              && world.instances.stream().filter(one -> one.made(signalled)).count() == 1
              && world.instances.stream().noneMatch(one -> hadAndEnded(one, signalled))) {
            world.violated(signalled + " was signalled and is reported as kept");
          }
        }
      }
    }
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
            if (resource.outcome().isLeft()
                || resource.outcome() == Outcome.KEPT
                || resource.outcome() == Outcome.UNCLAIMED) {
              world.log.count("left: " + Reasons.sparing(resource.reason()));
            }
            world.happened(
                resource.outcome() + " " + resource.name() + ": " + resource.reason(),
                instance.instanceId().substring(0, 8),
                resource instanceof ProcessReport process ? process.pid() : 0);
          });
      if (instance.liveness() == Liveness.DEAD) {
        world.log.count("record " + instance.record());
      }
    }
    report.unclaimed().forEach(one -> world.log.count("unclaimed"));
    report.problems().forEach(one -> world.happened("problem: " + one.problem(), one.path(), 0));
  }

  private static boolean hadAndEnded(WorldInstance instance, WorldProcess process) {
    boolean had =
        instance.owner != null
            && (process.descendsFrom(instance.owner) || instance.everTracked.contains(process));
    return had && (instance.abandoned || instance.isDead() || instance.tamperedWith);
  }
}
