package dev.sexton.simulation;

import dev.sexton.ResourceKind;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.process.StartUnit;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.record.InstanceRecordBuilder;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.sweep.EngineScan;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Servers on another machine that sees the same directory.
///
/// They live until the end.
final class WorldRemote {
  private WorldRemote() {}

  /// Registers a clone's server if it shares the directory, and makes a container.
  static void putClone(World world, WorldInstance instance) {
    long pid = world.chance.between(2, 40);
    Machine there = new Machine(World.HOST, instance.boot, World.HOST_NAMESPACE, StartUnit.TICKS);
    ProcessIdentity owner = new ProcessIdentity(there, pid, 77);
    if (world.shared && world.chance.oneIn(2)) {
      boolean lock = world.chance.oneIn(2);
      byte[] bytes = RecordWriter.write(record(world, instance, "clone", owner, lock).build());
      world.files.byName.put(instance.id + ".json", new Inode(instance.uid, bytes, world.wall()));
      if (lock) {
        world.files.byName.put(
            instance.id + ".lock", new Inode(instance.uid, new byte[0], world.wall()));
      }
    }
    world.engine.make(
        ResourceKind.CONTAINER,
        EngineScan.labels(
            World.APPLICATION, instance.id, owner, SimulatedFiles.DIRECTORY.toString()),
        instance);
    world.log.count("clone");
  }

  /// Returns the record of a server with another machine's owner, which may have containers.
  private static InstanceRecordBuilder record(
      World world, WorldInstance instance, String name, ProcessIdentity owner, boolean lock) {
    return InstanceRecord.builder(instance.id, owner.pid(), world.wall().toString())
        .application(World.APPLICATION)
        .name(name)
        .owner(owner, lock)
        .started(owner.start())
        .written(StartTime.ticks(99))
        .containers(ContainerUse.USED);
  }

  static void put(World world, WorldInstance instance) {
    long pid = world.chance.between(2, 40);
    long child = world.chance.between(2, 40);
    byte[] bytes;
    if (world.chance.oneIn(2)) {
      Machine there = new Machine("host-2", "boot-x", World.HOST_NAMESPACE, StartUnit.TICKS);
      bytes =
          RecordWriter.write(
              record(world, instance, "remote", new ProcessIdentity(there, pid, 77), true)
                  .processes(
                      Map.of(
                          "session-1",
                          new TrackedProcess(child, new ProcessIdentity(there, child, 88), "", "")))
                  .build());
      world.files.byName.put(
          instance.id + ".lock", new Inode(instance.uid, new byte[0], world.wall()));
    } else {
      instance.bareNumbers.add(pid);
      instance.bareNumbers.add(child);
      bytes =
          "{\"instance_id\": \"%s\", \"pid\": %d, \"started_at\": \"2026-02-03T04:05:06\", \"python_processes\": {\"a\": %d}}"
              .formatted(instance.id, pid, child)
              .getBytes(StandardCharsets.UTF_8);
    }
    world.files.byName.put(instance.id + ".json", new Inode(instance.uid, bytes, world.wall()));
  }
}
