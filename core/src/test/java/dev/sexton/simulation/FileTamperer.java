package dev.sexton.simulation;

import com.google.gson.JsonParser;
import dev.sexton.ResourceKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Changes that people make to files they should not touch, and other faults of files.
final class FileTamperer {
  private final World world;
  private final SeededRandom chance;

  FileTamperer(World world) {
    this.world = world;
    this.chance = world.chance;
  }

  void meddle() {
    List<WorldInstance> instances = world.instances;
    if (instances.isEmpty()) {
      return;
    }
    WorldInstance instance = chance.of(instances);
    if (instance.kind == WorldInstance.Kind.REMOTE) {
      return;
    }
    String name = instance.id + ".json";
    Inode record = world.files.get(name);
    if (record == null || world.recording > 0) {
      return; // There is always a moment between the last read and the removal.
    }
    switch (chance.below(8)) {
      case 0 -> {
        world.files.byName.remove(name);
        instance.tamperedWith = true;
        done("record deleted", instance);
      }
      case 1 -> spoil(record, instance);
      case 2 -> newerSchema(record, instance);
      case 3 -> {
        world.files.byName.remove(instance.id + ".lock");
        done("lock file deleted", instance);
      }
      case 4 -> replaceLock(instance);
      case 5 -> addKey(record, instance);
      case 6 -> {
        record.writableByOthers = true;
        done("record writable by all", instance);
      }
      default -> {
        // A crash of the original's writer, or of a backup.
        Inode litter = new Inode(instance.uid, record.bytes.clone(), world.wall());
        litter.spoilt = record.spoilt;
        if (!litter.spoilt && chance.oneIn(2)) {
          litter.spoilt = true;
          litter.bytes = Arrays.copyOf(litter.bytes, litter.bytes.length / 2);
        }
        world.files.byName.put(name + ".deadbeef.tmp", litter);
        done("litter", instance);
      }
    }
  }

  private void done(String what, WorldInstance instance) {
    world.happened(what, instance, 0);
    world.log.count("people: " + what);
  }

  private void spoil(Inode record, WorldInstance instance) {
    record.bytes =
        switch (chance.below(3)) {
          case 0 -> Arrays.copyOf(record.bytes, chance.below(record.bytes.length - 1));
          case 1 -> new byte[chance.below(100)];
          default -> "{\"instance_id\": \"another\"}".getBytes(StandardCharsets.UTF_8);
        };
    record.modified = world.wall();
    record.spoilt = true;
    record.spoiltAtNanos = world.nanos;
    instance.tamperedWith = true;
    done("record spoilt", instance);
  }

  private void newerSchema(Inode record, WorldInstance instance) {
    String text = new String(record.bytes, StandardCharsets.UTF_8);
    if (text.contains("\"schema\": 1") && !record.spoilt) {
      record.bytes =
          text.replace("\"schema\": 1", "\"schema\": 2").getBytes(StandardCharsets.UTF_8);
      record.modified = world.wall();
      done("newer schema", instance);
    }
  }

  /// Replaces a lock file, as a restored backup does.
  private void replaceLock(WorldInstance instance) {
    Inode lock = world.files.get(instance.id + ".lock");
    if (lock != null && world.locksGetReplaced) {
      world.files.byName.put(instance.id + ".lock", new Inode(lock.uid, new byte[0], world.wall()));
      done("lock file replaced", instance);
    }
  }

  /// Adds an unknown key.
  ///
  /// This does not happen after the death of an original's owner: only the file's modification time
  /// shows how long its PIDs prove anything.
  private void addKey(Inode record, WorldInstance instance) {
    boolean stillTells = instance.kind == WorldInstance.Kind.SEXTON || !instance.isDead();
    if (!record.spoilt && stillTells) {
      String text = new String(record.bytes, StandardCharsets.UTF_8);
      if (!text.contains("x_keep")) {
        record.bytes =
            text.replaceFirst("\\{", "{\"x_keep\": [1, {}],").getBytes(StandardCharsets.UTF_8);
        record.modified = world.wall();
        instance.writtenAtNanos = world.nanos;
        done("key added", instance);
      }
    }
  }

  /// Creates containers that a person makes from a server's container.
  ///
  /// None of them is the server's.
  void copyContainers() {
    if (chance.oneIn(2)) {
      Map<String, String> labels = world.engine.anyLabels();
      if (!labels.isEmpty()) {
        world.engine.makeFromImage(labels, Map.of(), null);
        world.log.count("people: container of a committed image");
      }
      return;
    }
    for (WorldInstance instance : world.instances) {
      if (!instance.labels.isEmpty() && hasLongEnded(instance)) {
        SimulatedEngine.Thing copy =
            world.engine.make(ResourceKind.CONTAINER, instance.labels, null);
        copy.isLateCopy = true;
        copy.provenByBoot = instance.boot.equals(world.bootId()) ? 0 : world.boots;
        world.log.count("people: container copied after the end");
        return;
      }
    }
  }

  /// Returns whether it is on record that an instance had ended more than a minute ago.
  ///
  /// That is so if it was swept or if the machine was restarted since.
  private boolean hasLongEnded(WorldInstance instance) {
    long minute = 61 * World.SECOND;
    if (instance.kind != WorldInstance.Kind.SEXTON || !instance.isDead() || world.clockWasSet) {
      return false;
    }
    if (!instance.boot.equals(world.bootId())) {
      return world.nanos - world.bootedAt > minute;
    }
    boolean swept =
        world.files.journal.stream()
            .anyMatch(line ->
                line.contains(instance.id)
                    && line.contains("\"kind\":\"instance\"")
                    && isBefore(line, world.wall().minusNanos(minute)));
    return swept && world.files.get(instance.id + ".json") == null;
  }

  private static boolean isBefore(String line, Instant moment) {
    String at = JsonParser.parseString(line).getAsJsonObject().get("at").getAsString();
    return Instant.parse(at).isBefore(moment);
  }

  /// Makes the state of the files and the engine worse or better.
  void weather() {
    SimulatedFiles files = world.files;
    switch (chance.below(12)) {
      case 7, 8, 9, 10, 11 -> {
        files.repair();
        world.engine.mood = SimulatedEngine.Mood.FINE;
      }
      case 0 -> files.readOnly = !files.readOnly;
      case 1 -> files.full = !files.full;
      case 2 -> files.unreadable = !files.unreadable;
      case 3 -> files.distrusted = chance.oneIn(2);
      case 4 -> files.noLocks = chance.oneIn(3);
      default ->
          world.engine.mood = chance.of(new ArrayList<>(List.of(SimulatedEngine.Mood.values())));
    }
    world.happened(
        "weather: "
            + (files.readOnly ? "read-only " : "")
            + (files.full ? "full " : "")
            + (files.unreadable ? "unreadable " : "")
            + (files.distrusted ? "distrusted " : "")
            + (files.noLocks ? "no locks " : ""),
        world.engine.mood,
        0);
  }
}
