package dev.sexton.simulation;

import dev.sexton.ResourceKind;
import dev.sexton.internal.lock.InstanceLocks.Held;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.Sighting;
import dev.sexton.internal.process.Signal;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** What the product must never do, done on purpose, to a server that lives. */
final class Crimes {
  private Crimes() {}

  static void commit(String crime) throws IOException {
    World world = new World(1);
    WorldProcess owner = world.spawn(world.init, World.USER);
    WorldInstance instance =
        new WorldInstance(
            new UUID(1, 2).toString(), WorldInstance.Kind.SEXTON, owner, World.USER, "boot-1");
    world.instances.add(instance);
    SextonServer server =
        new SextonServer(world, new Actor(world, owner, true, () -> {}), instance);
    server.register();
    WorldProcess child = server.launch();
    SimulatedEngine.Thing thing = world.engine.make(ResourceKind.CONTAINER, Map.of(), instance);
    Actor by = new Actor(world, world.spawn(world.init, World.ROOT), true, () -> {});
    switch (crime) {
      case "signal" -> {
        ProcessInfo target = ((Sighting.Present) by.processes.find(child.pid)).process();
        by.processes.signal(target, Signal.TERM);
      }
      case "container" -> {
        ResourceProvider engine = by.ports().providers().getFirst();
        engine.remove(
            new LabelledResource(ResourceKind.CONTAINER, thing.id, thing.id, Map.of(), ""));
      }
      case "record" -> by.directory.delete(instance.id + ".json");
      default -> {
        try (Held held =
            Objects.requireNonNull(by.locks.sweep(by.directory.lockFile(instance.id)))) {
          held.deleteFile();
        }
      }
    }
  }
}
