package dev.sexton.simulation;

import com.google.gson.JsonObject;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.record.RecordWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Servers on another machine that sees the same directory. They live on to the end. */
final class WorldRemote {
  private WorldRemote() {}

  static void put(World world, WorldInstance instance) {
    long pid = world.chance.between(2, 40);
    long child = world.chance.between(2, 40);
    byte[] bytes;
    if (world.chance.oneIn(2)) {
      Machine there =
          new Machine("host-2", "boot-x", World.HOST_NAMESPACE, Machine.StartUnit.TICKS);
      bytes =
          RecordWriter.write(
              new InstanceRecord(
                  instance.id,
                  pid,
                  world.wall().toString(),
                  InstanceRecord.SCHEMA,
                  World.APPLICATION,
                  "remote",
                  "",
                  new ProcessIdentity(there, pid, 77),
                  true,
                  77,
                  99,
                  true,
                  Map.of(
                      "session-1",
                      new TrackedProcess(child, new ProcessIdentity(there, child, 88), "", "")),
                  Map.of(),
                  null,
                  new JsonObject()));
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
