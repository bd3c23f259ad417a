package dev.sexton.internal.record;

import com.google.gson.FormattingStyle;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.stream.JsonWriter;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.InstanceRecord.Tombstone;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes records: the keys of the original first, then ours, then those of others as they were. */
public final class RecordWriter {
  /** Writes what others put there, exactly as it was read. */
  private static final Gson OTHERS =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  /** The keys that a record of ours may have; whatever else is in it was put there by others. */
  private static final Set<String> OURS =
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
          "processes",
          "sweep");

  private RecordWriter() {}

  /**
   * The record as it is now, over what its file holds.
   *
   * @param record what to write; keys of {@link InstanceRecord#source} that are not ours are kept
   */
  public static byte[] write(InstanceRecord record) {
    StringWriter text = new StringWriter(1024 + 256 * record.processes().size());
    JsonWriter writer = new JsonWriter(text);
    writer.setFormattingStyle(FormattingStyle.PRETTY);
    writer.setHtmlSafe(false);
    try {
      write(record, writer);
    } catch (IOException impossible) { // A StringWriter throws none.
      throw new UncheckedIOException(impossible);
    }
    return wellFormed(text.append('\n').toString()).getBytes(StandardCharsets.UTF_8);
  }

  /** Spells out what UTF-8 cannot hold: replaced by one character, two names could become one. */
  private static String wellFormed(String json) {
    if (json.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
      return json;
    }
    StringBuilder text = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < json.length()
          && Character.isLowSurrogate(json.charAt(i + 1))) {
        text.append(c).append(json.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        text.append('\uFFFD').append(Integer.toHexString(c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static void write(InstanceRecord record, JsonWriter json) throws IOException {
    json.beginObject();
    json.name("instance_id").value(record.instanceId());
    json.name("pid").value(record.pid());
    json.name("started_at").value(record.startedAt());
    json.name("python_processes").beginObject();
    for (Map.Entry<String, TrackedProcess> entry : record.processes().entrySet()) {
      json.name(entry.getKey()).value(entry.getValue().pid());
    }
    json.endObject();
    if (record.schema() > 0) {
      json.name("schema").value(record.schema());
    }
    writeUnlessEmpty(json, "application", record.application());
    writeUnlessEmpty(json, "name", record.name());
    writeUnlessEmpty(json, "command", record.command());
    writeOwner(record, json);
    if (record.usesContainers() != null) {
      json.name("containers").value(record.usesContainers());
    }
    writeProcesses(record, json);
    if (record.tombstone() != null) {
      writeTombstone(record.tombstone(), json);
    }
    for (Map.Entry<String, JsonElement> entry : record.source().entrySet()) {
      if (!OURS.contains(entry.getKey())) {
        json.name(entry.getKey());
        OTHERS.toJson(entry.getValue(), json);
      }
    }
    json.endObject();
  }

  private static void writeOwner(InstanceRecord record, JsonWriter json) throws IOException {
    ProcessIdentity owner = record.owner();
    if (owner == null) {
      return;
    }
    json.name("owner").beginObject();
    writeMachine(owner.machine(), json);
    json.name("pid").value(owner.pid());
    json.name("start").value(owner.start());
    json.name("lock").value(record.ownerHoldsLock());
    json.endObject();
    json.name("started_units").value(record.startedUnits());
    json.name("written_units").value(record.writtenUnits());
  }

  private static void writeProcesses(InstanceRecord record, JsonWriter json) throws IOException {
    if (record.schema() == 0 && !hasDetails(record)) {
      return; // The original's record stays as the original wrote it.
    }
    json.name("processes").beginObject();
    for (Map.Entry<String, TrackedProcess> entry : record.processes().entrySet()) {
      TrackedProcess process = entry.getValue();
      ProcessIdentity identity = process.identity();
      if (!hasDetails(process)) {
        continue;
      }
      json.name(entry.getKey()).beginObject();
      ProcessIdentity owner = record.owner();
      if (identity != null && (owner == null || !owner.machine().equals(identity.machine()))) {
        writeMachine(identity.machine(), json);
      }
      json.name("pid").value(process.pid());
      if (identity != null) {
        json.name("start").value(identity.start());
      }
      writeUnlessEmpty(json, "tracked_at", process.trackedAt());
      writeUnlessEmpty(json, "command", process.command());
      json.endObject();
    }
    json.endObject();
  }

  private static boolean hasDetails(InstanceRecord record) {
    return record.processes().values().stream().anyMatch(RecordWriter::hasDetails);
  }

  private static boolean hasDetails(TrackedProcess process) {
    return process.identity() != null
        || !process.trackedAt().isEmpty()
        || !process.command().isEmpty();
  }

  private static void writeMachine(Machine machine, JsonWriter json) throws IOException {
    json.name("host").value(machine.host());
    json.name("boot").value(machine.boot());
    json.name("pid_namespace").value(machine.pidNamespace());
    json.name("unit").value(machine.unit() == Machine.StartUnit.TICKS ? "ticks" : "millis");
  }

  private static void writeTombstone(Tombstone tombstone, JsonWriter json) throws IOException {
    json.name("sweep").beginObject();
    json.name("attempts").value(tombstone.attempts());
    json.name("last_error").value(tombstone.lastError());
    json.name("last_at").value(Instant.now().toString());
    writeUnlessEmpty(json, "record_written_at", tombstone.writtenAt());
    json.endObject();
  }

  private static void writeUnlessEmpty(JsonWriter json, String name, @Nullable String value)
      throws IOException {
    if (value != null && !value.isEmpty()) {
      json.name(name).value(value);
    }
  }
}
