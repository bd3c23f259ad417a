package dev.sexton.simulation;

import dev.sexton.internal.sweep.SweepRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The sentinels. One waits for its owner's death, which it learns a moment later; then it sweeps
 * that one instance, as anybody else may do at the same time, and may be killed at any effect.
 */
final class Sentinels {
  private static final int GRACE_MILLIS = 1500;

  private final Simulation simulation;
  private final World world;
  private final Map<WorldProcess, WorldProcess> onDuty = new LinkedHashMap<>();
  private final Map<WorldProcess, WorldInstance> instances = new LinkedHashMap<>();

  Sentinels(Simulation simulation) {
    this.simulation = simulation;
    this.world = simulation.world;
    world.mourners.add(this::died);
  }

  /** Starts the sentinel of an instance: nobody's child, in a session of its own, unmarked. */
  void start(SextonServer server) {
    Actor owner = server.actor();
    owner.before("start sentinel");
    WorldProcess first = owner.process.namespace.byPid.get(1L);
    if (first == null) {
      return;
    }
    WorldProcess sentinel = world.spawn(first, owner.process.uid, owner.process.namespace, 0);
    world.lead(sentinel);
    onDuty.put(owner.process, sentinel);
    instances.put(sentinel, server.instance);
    world.log.count("sentinel started");
    owner.after("start sentinel");
  }

  /** Lets it go, once the record is. */
  void dismiss(SextonServer server) {
    WorldProcess sentinel = onDuty.get(server.actor().process);
    if (sentinel != null) {
      server.actor().before("dismiss sentinel");
      onDuty.remove(server.actor().process);
      world.die(sentinel, false);
      world.log.count("sentinel dismissed");
      server.actor().after("dismiss sentinel");
    }
  }

  /** A sentinel is killed, too, by people who tidy up; its owner's descriptor gets lost. */
  void fail() {
    List<WorldProcess> owners = new ArrayList<>(onDuty.keySet());
    if (owners.isEmpty()) {
      return;
    }
    WorldProcess owner = world.chance.of(owners);
    WorldProcess sentinel = onDuty.remove(owner);
    if (sentinel != null) {
      if (world.chance.oneIn(2)) {
        world.die(sentinel, false);
        world.log.count("sentinel killed");
      } else {
        world.log.count("sentinel lost its pipe");
        reap(sentinel);
      }
    }
  }

  private void died(WorldProcess owner) {
    WorldProcess sentinel = onDuty.remove(owner);
    if (sentinel != null) {
      world.later(world.chance.between(0, World.SECOND / 2), () -> reap(sentinel));
    }
  }

  /** Becomes a sweeper of this instance alone. */
  private void reap(WorldProcess sentinel) {
    WorldInstance instance = instances.get(sentinel);
    if (sentinel.died || instance == null || world.files.get(instance.id + ".json") == null) {
      world.die(sentinel, false);
      return;
    }
    world.depth++;
    Actor reaper = simulation.actor(sentinel);
    reaper.crashIn = !simulation.isCalm() && world.chance.oneIn(4) ? world.chance.below(30) : -1;
    try {
      simulation.sweepers.sweepAs(reaper, request(instance));
      world.log.count(instance.isDead() ? "sentinel reaped" : "sentinel left the living alone");
    } catch (Crash crashed) {
      world.log.count("sentinel crashed");
    } finally {
      world.depth--;
    }
    world.die(sentinel, false);
  }

  private static SweepRequest request(WorldInstance instance) {
    return new SweepRequest(
        List.of(),
        false,
        Set.of(instance.id),
        false,
        false,
        Duration.ofMillis(GRACE_MILLIS),
        SweepRequest.Progress.NONE);
  }
}
