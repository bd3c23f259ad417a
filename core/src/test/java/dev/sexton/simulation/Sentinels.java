package dev.sexton.simulation;

import dev.sexton.InstanceReport;
import dev.sexton.internal.process.ProcessLookup.Present;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.sweep.KeepList;
import dev.sexton.internal.sweep.KeepSource;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import dev.sexton.internal.watch.WatchedInstance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The sentinels, half of which are watchers that remember what they have seen below the owner.
///
/// A sentinel waits for its owner's death and learns of it a moment later. Then it sweeps that one
/// instance. Others may sweep it at the same time, and the sentinel may be killed at any effect.
final class Sentinels {
  private static final int GRACE_MILLIS = 1500;

  private static final KeepList KEEP = KeepSource.defaults().list();

  private final Simulation simulation;
  private final World world;
  private final Map<WorldProcess, WorldProcess> onDuty = new LinkedHashMap<>();
  private final Map<WorldProcess, WorldInstance> instances = new LinkedHashMap<>();

  /// The descendants that watchers remember.
  private final Map<WorldProcess, WatchedInstance> held = new LinkedHashMap<>();

  Sentinels(Simulation simulation) {
    this.simulation = simulation;
    this.world = simulation.world;
    world.mourners.add(this::died);
  }

  /// Starts the sentinel of an instance as an unmarked process in a session of its own, not as a
  /// child of the owner.
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
    hold(sentinel, server);
    owner.after("start sentinel");
  }

  private void hold(WorldProcess sentinel, SextonServer server) {
    Actor watcher = simulation.actor(sentinel);
    InstanceRecord record = server.initial();
    WorldProcess owner = server.actor().process;
    if (record != null
        && world.chance.oneIn(2)
        && watcher.processes.find(owner.pidIn(sentinel.namespace)) instanceof Present present) {
      held.put(
          sentinel,
          new WatchedInstance(
              new WatchedInstance.Location(watcher.directory, server.instance.id, null),
              present.process(),
              record,
              new byte[0],
              world.nanos));
    }
  }

  /// Lets the watchers look for processes below their owners.
  void look() {
    List.copyOf(onDuty.values())
        .forEach(sentinel -> {
          WatchedInstance instance = held.get(sentinel);
          if (instance != null && !sentinel.died) {
            SimulatedProcessTable processes = simulation.actor(sentinel).processes;
            instance.look(processes.snapshot(), processes, KEEP, world.nanos);
            world.log.count("watcher looked");
          }
        });
  }

  /// Dismisses the sentinel once the record is removed.
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

  /// Makes a sentinel fail: a person kills it, or its owner's descriptor is lost.
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
        held.remove(sentinel);
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

  /// Turns the sentinel into a sweeper of only this instance.
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
      SweepRequest request = request(instance, held.get(sentinel));
      for (InstanceReport swept : simulation.sweepers.sweepAs(reaper, request).instances()) {
        if (swept.resources().stream()
            .anyMatch(one -> one.reason().startsWith("was seen below its owner"))) {
          world.log.count("found by what a watcher remembers");
        }
      }
      world.log.count(instance.isDead() ? "sentinel reaped" : "sentinel left the living alone");
    } catch (Crash crashed) {
      world.log.count("sentinel crashed");
    } finally {
      world.depth--;
    }
    world.die(sentinel, false);
  }

  private static SweepRequest request(WorldInstance instance, @Nullable WatchedInstance watched) {
    return SweepRequest.of(List.of())
        .instanceIds(Set.of(instance.id))
        .grace(Duration.ofMillis(GRACE_MILLIS))
        .endings(
            watched == null
                ? Map.of()
                : Map.of(instance.id, new Ending(null, watched.descendants(), false)))
        .build();
  }
}
