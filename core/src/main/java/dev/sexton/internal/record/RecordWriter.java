package dev.sexton.internal.record;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.InstanceRecord.Tombstone;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes records: first the original's keys, then Sexton's, then those of other programs
/// unchanged.
public final class RecordWriter {
  /// The keys that Sexton may write. Other programs added any other key.
  static final Set<String> OURS =
      Set.of(
          "instance_id",
          "pid",
          "started_at",
          "python_processes",
          "schema",
          "application",
          "name",
          "command",
          "owner",
          "started_units",
          "written_units",
          "containers",
          "keep",
          "processes",
          "run",
          "sweep");

  private RecordWriter() {}

  /// Writes what other programs added, as it was read. Initialized only when needed.
  private static final class Others {
    static final Gson GSON =
        new GsonBuilder().serializeNulls().disableHtmlEscaping().setPrettyPrinting().create();

    /// Returns the text indented by one more level. A line end in a string is an escape.
    static String text(JsonElement value) {
      return JsonText.wellFormed(GSON.toJson(value)).replace("\n", "\n  ");
    }
  }

  /// Returns the record's current content, merged into what its file holds.
  ///
  /// @param record the record to write. Keys of [InstanceRecord#source] that are not Sexton's are
  ///   kept
  public static byte[] write(InstanceRecord record) {
    JsonText json = new JsonText(1024 + 256 * record.processes().size());
    write(record, json);
    return json.raw("\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(InstanceRecord record, JsonText json) {
    json.begin();
    json.key("instance_id").value(record.instanceId());
    json.key("pid").value(record.pid());
    json.key("started_at").value(record.startedAt());
    json.key("python_processes").begin();
    for (Map.Entry<String, TrackedProcess> entry : record.processes().entrySet()) {
      json.key(entry.getKey()).value(entry.getValue().pid());
    }
    json.end();
    if (record.schema() > 0) {
      json.key("schema").value(record.schema());
    }
    writeUnlessEmpty(json, "application", record.application());
    writeUnlessEmpty(json, "name", record.name());
    writeUnlessEmpty(json, "command", record.command());
    writeOwner(record, json);
    if (record.containers() != ContainerUse.UNKNOWN) {
      json.key("containers").value(record.containers() == ContainerUse.USED);
    }
    if (!record.keep().isEmpty()) {
      writeKeep(record, json);
    }
    writeProcesses(record, json);
    if (record.run() != null) {
      writeRun(record.run(), json);
    }
    if (record.tombstone() != null) {
      writeTombstone(record.tombstone(), json);
    }
    for (Map.Entry<String, JsonElement> entry : record.source().entrySet()) {
      if (!OURS.contains(entry.getKey())) {
        json.key(entry.getKey()).raw(Others.text(entry.getValue()));
      }
    }
    json.end();
  }

  private static void writeOwner(InstanceRecord record, JsonText json) {
    ProcessIdentity owner = record.owner();
    if (owner == null) {
      return;
    }
    json.key("owner").begin();
    writeMachine(owner.machine(), json);
    json.key("pid").value(owner.pid());
    json.key("start").value(owner.start().value());
    json.key("lock").value(record.ownerHoldsLock());
    OwnerSurroundings surroundings = record.surroundings();
    if (surroundings.systemdUnit() != null) {
      json.key("systemd_unit").value(surroundings.systemdUnit());
    }
    if (surroundings.mark() != null) {
      json.key("mark").value(surroundings.mark());
    }
    if (surroundings.optedOut()) {
      json.key("opted_out").value(true);
    }
    if (surroundings.controlGroup() != null) {
      json.key("control_group").value(surroundings.controlGroup());
    }
    json.end();
    json.key("started_units").value(record.started().value());
    json.key("written_units").value(record.written().value());
  }

  private static void writeRun(RunTerms run, JsonText json) {
    json.key("run").begin();
    RunTerms.Client client = run.client();
    if (client != null) {
      json.key("client").begin();
      json.key("pid").value(client.pid());
      json.key("start").value(client.start().value());
      json.end();
    }
    if (run.afterStdinClose() != null) {
      json.key("after_stdin_close_millis").value(run.afterStdinClose().toMillis());
    }
    json.key("grace_millis").value(run.grace().toMillis());
    if (run.lateContainers()) {
      json.key("late_containers").value(true);
    }
    if (!run.engine().isEmpty()) {
      json.key("engine").begin();
      run.engine().forEach((name, value) -> json.key(name).value(value));
      json.end();
    }
    json.end();
  }

  private static void writeKeep(InstanceRecord record, JsonText json) {
    StringBuilder array = new StringBuilder("[");
    for (String pattern : record.keep()) {
      array.append(array.length() == 1 ? "" : ", ").append(JsonText.quote(pattern));
    }
    json.key("keep").raw(array.append(']').toString());
  }

  private static void writeProcesses(InstanceRecord record, JsonText json) {
    if (record.schema() == 0 && !hasDetails(record)) {
      return; // The original's record stays as the original wrote it.
    }
    json.key("processes").begin();
    for (Map.Entry<String, TrackedProcess> entry : record.processes().entrySet()) {
      TrackedProcess process = entry.getValue();
      ProcessIdentity identity = process.identity();
      if (!hasDetails(process)) {
        continue;
      }
      json.key(entry.getKey()).begin();
      ProcessIdentity owner = record.owner();
      if (identity != null && (owner == null || !owner.machine().equals(identity.machine()))) {
        writeMachine(identity.machine(), json);
      }
      json.key("pid").value(process.pid());
      if (identity != null) {
        json.key("start").value(identity.start().value());
      }
      writeUnlessEmpty(json, "tracked_at", process.trackedAt());
      writeUnlessEmpty(json, "command", process.command());
      json.end();
    }
    json.end();
  }

  private static boolean hasDetails(InstanceRecord record) {
    return record.processes().values().stream().anyMatch(RecordWriter::hasDetails);
  }

  private static boolean hasDetails(TrackedProcess process) {
    return process.identity() != null
        || !process.trackedAt().isEmpty()
        || !process.command().isEmpty();
  }

  private static void writeMachine(Machine machine, JsonText json) {
    json.key("host").value(machine.host());
    json.key("boot").value(machine.boot());
    json.key("pid_namespace").value(machine.pidNamespace());
    json.key("unit").value(machine.unit().word());
  }

  private static void writeTombstone(Tombstone tombstone, JsonText json) {
    json.key("sweep").begin();
    json.key("attempts").value(tombstone.attempts());
    json.key("last_error").value(tombstone.lastError());
    json.key("last_at").value(Instant.now().toString());
    writeUnlessEmpty(json, "record_written_at", tombstone.writtenAt());
    writeUnlessEmpty(json, "found_dead_at", tombstone.foundDead());
    json.end();
  }

  private static void writeUnlessEmpty(JsonText json, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      json.key(name).value(value);
    }
  }
}
