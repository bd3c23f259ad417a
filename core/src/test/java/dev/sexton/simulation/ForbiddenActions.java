package dev.sexton.simulation;

import dev.sexton.ResourceKind;
import dev.sexton.internal.lock.InstanceLocks.Held;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.Signal;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Actions that the product must never take, taken on purpose.
///
/// They affect a live server, or resources of a dead one that must be left alone.
final class ForbiddenActions {
  private ForbiddenActions() {}

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
      case "signal" -> signal(by, child);
      case "container" -> {
        ResourceProvider engine = by.ports().providers().getFirst();
        engine.remove(
            new LabelledResource(ResourceKind.CONTAINER, thing.id, thing.id, Map.of(), ""));
      }
      case "nothing" -> {
        world.die(owner, false);
        signal(by, child);
      }
      case "live owner inside a dead tree" -> {
        WorldProcess inner = inner(world, child).owner;
        world.die(owner, false);
        signal(by, inner);
      }
      case "below a live owner inside a dead tree" -> {
        WorldProcess inner = inner(world, child).owner;
        WorldProcess below = world.spawn(Objects.requireNonNull(inner), World.USER);
        world.die(owner, false);
        signal(by, below);
      }
      case "session of a live owner inside a dead tree" -> {
        WorldProcess inner = inner(world, child).owner;
        WorldProcess middle = world.spawn(Objects.requireNonNull(inner), World.USER);
        WorldProcess orphan = world.spawn(middle, World.USER);
        world.die(middle, false);
        world.die(owner, false);
        signal(by, orphan);
      }
      case "mark of a live instance" -> {
        WorldInstance inner = inner(world, child);
        WorldProcess other = world.spawn(child, World.USER);
        other.mark = inner.mark();
        world.die(owner, false);
        signal(by, other);
      }
      case "mark without a record" -> {
        child.mark = World.APPLICATION + ":" + new UUID(5, 6);
        world.die(owner, false);
        signal(by, child);
      }
      case "below what opted out" -> {
        child.keep = true;
        WorldProcess below = world.spawn(child, World.USER);
        below.keep = false;
        world.die(owner, false);
        signal(by, below);
      }
      case "below a kept program" -> {
        child.program = WorldProcess.Program.BROWSER;
        WorldProcess below = world.spawn(child, World.USER);
        world.die(owner, false);
        signal(by, below);
      }
      case "below another unit" -> {
        child.unit = "app-1.scope";
        WorldProcess below = world.spawn(child, World.USER);
        below.unit = "";
        world.die(owner, false);
        signal(by, below);
      }
      case "own ancestor" -> {
        world.die(owner, false);
        WorldProcess shell = world.spawn(child, World.USER);
        signal(new Actor(world, shell, true, () -> {}), child);
      }
      case "record" -> by.directory.delete(instance.id + ".json");
      default -> {
        try (Held held =
            Objects.requireNonNull(by.locks.lockAsSweeper(by.directory.lockFile(instance.id)))) {
          held.deleteFile();
        }
      }
    }
  }

  /// Creates a live server that was started by this process and leads a session.
  private static WorldInstance inner(World world, WorldProcess parent) throws IOException {
    WorldProcess owner = world.spawn(parent, World.USER);
    world.lead(owner);
    WorldInstance instance =
        new WorldInstance(
            new UUID(3, 4).toString(), WorldInstance.Kind.SEXTON, owner, World.USER, "boot-1");
    world.instances.add(instance);
    new SextonServer(world, new Actor(world, owner, true, () -> {}), instance).register();
    return instance;
  }

  private static void signal(Actor by, @Nullable WorldProcess process) {
    by.beginSweep();
    long pid = Objects.requireNonNull(process).pid;
    ProcessInfo target = ((ProcessLookup.Present) by.processes.find(pid)).process();
    by.processes.signal(target, Signal.TERM);
  }
}
