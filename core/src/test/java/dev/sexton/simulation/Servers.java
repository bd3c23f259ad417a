package dev.sexton.simulation;

import dev.sexton.internal.process.ProcessInfo.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The servers of both kinds, and what they do until they are killed.
final class Servers {
  private final Simulation simulation;
  private final World world;
  private final SeededRandom chance;
  private final BackgroundProcesses crowd;
  private final List<SextonServer> servers = new ArrayList<>();
  private final List<OriginalServer> originals = new ArrayList<>();

  Servers(Simulation simulation) {
    this.simulation = simulation;
    this.world = simulation.world;
    this.chance = world.chance;
    this.crowd = simulation.crowd;
  }

  void startServer() {
    int uid = chance.oneIn(8) ? World.ROOT : World.USER;
    WorldProcess process = inAnothersTree();
    if (process != null) {
      uid = process.uid;
    } else {
      process = chance.oneIn(5) ? crowd.inContainer(uid) : crowd.ordinaryChild(uid);
    }
    if (chance.oneIn(2) && process.session != process) {
      world.lead(process);
    }
    WorldInstance instance =
        new WorldInstance(newId(), WorldInstance.Kind.SEXTON, process, uid, world.bootId());
    instance.leads = process.session == process;
    Actor actor = simulation.actor(process);
    actor.crashIn = chance.oneIn(10) ? chance.below(12) : -1;
    world.instances.add(instance);
    SextonServer server = new SextonServer(world, actor, instance);
    servers.add(server);
    server.register();
    if (server.isRunning() && chance.oneIn(2)) {
      simulation.sentinels.start(server);
    }
    actor.crashIn = -1;
  }

  /// Returns a process inside another server's tree, because servers are often started there.
  ///
  /// Returns null if the new server is to run elsewhere.
  private @Nullable WorldProcess inAnothersTree() {
    List<WorldProcess> made = new ArrayList<>();
    for (WorldProcess one : world.living()) {
      boolean eligible =
          (one.uid == World.USER || one.uid == World.ROOT)
              && one.state == State.RUNNING
              && world.instances.stream().noneMatch(instance -> instance.owner == one)
              && world.instances.stream().anyMatch(instance -> instance.made(one));
      if (eligible) {
        made.add(one);
      }
    }
    if (made.isEmpty() || chance.below(5) < 3) {
      return null;
    }
    WorldProcess one = chance.of(made);
    world.log.count("server inside another's tree");
    return chance.oneIn(3) ? one : world.spawn(one, one.uid);
  }

  void startOriginal() {
    WorldProcess process = crowd.ordinaryChild(World.USER);
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

  void addRemote() {
    String id = newId();
    WorldInstance instance =
        new WorldInstance(id, WorldInstance.Kind.REMOTE, null, World.USER, "boot-x");
    world.instances.add(instance);
    WorldRemote.put(world, instance);
  }

  void addClone() {
    WorldInstance instance =
        new WorldInstance(newId(), WorldInstance.Kind.CLONE, null, World.USER, "boot-of-a-clone");
    world.instances.add(instance);
    WorldRemote.putClone(world, instance);
  }

  private @Nullable SextonServer anyServer() {
    List<SextonServer> running = servers.stream().filter(SextonServer::isRunning).toList();
    return running.isEmpty() ? null : chance.of(running);
  }

  void serve() {
    SextonServer server = anyServer();
    if (server == null) {
      return;
    }
    Actor actor = server.actor();
    actor.crashIn = chance.oneIn(12) ? chance.below(8) : -1;
    try {
      switch (chance.below(12)) {
        case 0, 1, 2, 3 -> {
          WorldProcess child = crowd.temper(server.launch());
          actor.before("track");
          server.track(child);
        }
        case 4 -> crowd.temper(server.launch()); // Not recorded, but it carries the marker.
        case 5 -> {
          if (chance.oneIn(2)) {
            server.untrack();
          } else {
            server.untrackEnded();
          }
        }
        case 6, 7 -> server.makeContainers();
        case 8 -> server.runContainerLater();
        case 9 -> simulation.sweepers.sweepAs(actor, simulation.sweepers.request(Set.of(), false));
        case 10 -> {
          server.close();
          dismiss(server);
        }
        default -> {
          server.unregister();
          dismiss(server);
        }
      }
    } catch (IOException failed) {
      world.happened("cannot be unregistered", server.instance, 0);
    }
    actor.crashIn = -1;
  }

  /// Dismisses the sentinel unless something is left.
  ///
  /// In that case it tries again at its owner's death.
  private void dismiss(SextonServer server) {
    if (world.files.get(server.instance.id + ".json") == null) {
      simulation.sentinels.dismiss(server);
    }
  }

  void serveOriginal() {
    List<OriginalServer> running = originals.stream().filter(OriginalServer::isRunning).toList();
    if (running.isEmpty()) {
      return;
    }
    OriginalServer server = chance.of(running);
    switch (chance.below(8)) {
      case 0, 1, 2, 3 -> server.track(crowd.temper(server.launch()));
      case 4 -> crowd.temper(server.launch());
      case 5 -> server.untrack();
      case 6 -> server.makeContainer();
      default -> {
        if (chance.oneIn(3)) {
          server.unregister();
        }
      }
    }
  }

  void killServer() {
    List<WorldInstance> running =
        world.instances.stream().filter(one -> one.owner != null && !one.isDead()).toList();
    if (!running.isEmpty()) {
      WorldInstance instance = chance.of(running);
      WorldProcess owner = instance.owner;
      if (owner != null) {
        world.happened("killed", instance, 0);
        world.die(owner, chance.oneIn(3));
        if (chance.oneIn(2)) {
          crowd.recycle(owner);
        }
      }
    }
  }

  private String newId() {
    return new UUID(chance.next(), chance.next()).toString();
  }
}
