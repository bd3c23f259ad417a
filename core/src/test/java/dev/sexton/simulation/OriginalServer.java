package dev.sexton.simulation;

import dev.sexton.ResourceKind;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// A server of the original: Python, a record with bare PIDs and local time, no lock, no marker.
///
/// It tracks only what it launched, and forgets a session when it sees it end.
final class OriginalServer {
  final WorldInstance instance;
  private final World world;
  private final WorldProcess process;
  private final String startedAt;
  private int sessions;

  OriginalServer(World world, WorldInstance instance, WorldProcess process) {
    this.world = world;
    this.instance = instance;
    this.process = process;
    this.startedAt = LocalDateTime.ofInstant(world.wall(), ZoneId.systemDefault()).toString();
    write();
    world.log.count("original registered");
  }

  boolean isRunning() {
    return process.isAlive();
  }

  WorldProcess launch() {
    WorldProcess child = world.spawn(process, instance.uid);
    child.python = world.chance.below(3) > 0;
    return child;
  }

  void track(WorldProcess child) {
    instance.track("session-" + ++sessions, child);
    write();
  }

  void untrack() {
    if (!instance.tracked.isEmpty()) {
      instance.tracked.remove(world.chance.of(List.copyOf(instance.tracked.keySet())));
      write();
    }
  }

  void makeContainer() {
    Map<String, String> labels = Map.of(World.APPLICATION + "-server-instance", instance.id);
    world.engine.make(ResourceKind.CONTAINER, labels, instance);
  }

  void unregister() {
    world.files.byName.remove(instance.id + ".json");
    world.happened("unregisters " + instance, process, 0);
    instance.tracked.clear();
  }

  private void write() {
    StringJoiner processes = new StringJoiner(", ", "{", "}");
    instance.tracked.forEach((name, child) -> {
      processes.add("\"" + name + "\": " + child.pid);
      world.recordedBare(child.pid);
      instance.bareNumbers.add(child.pid);
    });
    world.recordedBare(process.pid);
    instance.bareNumbers.add(process.pid);
    String text =
        "{\"instance_id\": \"%s\", \"pid\": %d, \"started_at\": \"%s\", \"python_processes\": %s}"
            .formatted(instance.id, process.pid, startedAt, processes);
    if (!world.files.readOnly && !world.files.full) {
      Inode file = new Inode(instance.uid, text.getBytes(StandardCharsets.UTF_8), world.wall());
      instance.writtenAtNanos = world.nanos;
      file.readable = true; // The original does not set file modes.
      world.files.byName.put(instance.id + ".json", file);
      world.happened("writes " + instance, process, instance.tracked.size());
    }
  }
}
