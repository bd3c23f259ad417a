package dev.sexton.internal.record;

import com.google.gson.FormattingStyle;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.InstanceRecord.Tombstone;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes records: the keys of the original first, then ours, then those of others as they were. */
public final class RecordWriter {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private RecordWriter() {}

  /**
   * The record as it is now, over what its file holds.
   *
   * @param record what to write; keys of {@link InstanceRecord#source} that we do not know are kept
   */
  public static byte[] write(InstanceRecord record) {
    JsonObject json = new JsonObject();
    json.addProperty("instance_id", record.instanceId());
    json.addProperty("pid", record.pid());
    json.addProperty("started_at", record.startedAt());
    JsonObject pids = new JsonObject();
    JsonObject details = new JsonObject();
    for (Map.Entry<String, TrackedProcess> entry : record.processes().entrySet()) {
      pids.addProperty(entry.getKey(), entry.getValue().pid());
      TrackedProcess process = entry.getValue();
      if (process.identity() != null
          || !process.trackedAt().isEmpty()
          || !process.command().isEmpty()) {
        details.add(entry.getKey(), details(process, record.owner()));
      }
    }
    json.add("python_processes", pids);
    if (record.schema() > 0) {
      json.addProperty("schema", record.schema());
    }
    if (record.application() != null) {
      json.addProperty("application", record.application());
    }
    addUnlessEmpty(json, "name", record.name());
    addUnlessEmpty(json, "command", record.command());
    if (record.owner() != null) {
      json.add("owner", owner(record.owner(), record.ownerHoldsLock()));
      json.addProperty("started_units", record.startedUnits());
      json.addProperty("written_units", record.writtenUnits());
    }
    if (record.usesContainers() != null) {
      json.addProperty("containers", record.usesContainers());
    }
    if (record.schema() > 0 || !details.isEmpty()) {
      json.add("processes", details);
    }
    if (record.tombstone() != null) {
      json.add("sweep", tombstone(record.tombstone()));
    }
    record
        .source()
        .entrySet()
        .forEach(entry -> {
          if (!json.has(entry.getKey())) {
            json.add(entry.getKey(), entry.getValue());
          }
        });
    return bytes(json);
  }

  private static JsonObject details(TrackedProcess process, @Nullable ProcessIdentity owner) {
    ProcessIdentity identity = process.identity();
    boolean elsewhere =
        identity != null && (owner == null || !owner.machine().equals(identity.machine()));
    JsonObject json =
        identity != null && elsewhere ? machine(identity.machine()) : new JsonObject();
    json.addProperty("pid", process.pid());
    if (identity != null) {
      json.addProperty("start", identity.start());
    }
    addUnlessEmpty(json, "tracked_at", process.trackedAt());
    addUnlessEmpty(json, "command", process.command());
    return json;
  }

  private static JsonObject owner(ProcessIdentity owner, boolean holdsLock) {
    JsonObject json = machine(owner.machine());
    json.addProperty("pid", owner.pid());
    json.addProperty("start", owner.start());
    json.addProperty("lock", holdsLock);
    return json;
  }

  private static JsonObject machine(Machine machine) {
    JsonObject json = new JsonObject();
    json.addProperty("host", machine.host());
    json.addProperty("boot", machine.boot());
    json.addProperty("pid_namespace", machine.pidNamespace());
    json.addProperty("unit", machine.unit() == Machine.StartUnit.TICKS ? "ticks" : "millis");
    return json;
  }

  private static JsonObject tombstone(Tombstone tombstone) {
    JsonObject json = new JsonObject();
    json.addProperty("attempts", tombstone.attempts());
    json.addProperty("last_error", tombstone.lastError());
    json.addProperty("last_at", Instant.now().toString());
    addUnlessEmpty(json, "record_written_at", tombstone.writtenAt());
    return json;
  }

  private static void addUnlessEmpty(JsonObject json, String key, String value) {
    if (!value.isEmpty()) {
      json.addProperty(key, value);
    }
  }

  private static byte[] bytes(JsonObject json) {
    StringWriter text = new StringWriter(1024);
    JsonWriter writer = new JsonWriter(text);
    writer.setFormattingStyle(FormattingStyle.PRETTY);
    GSON.toJson(json, writer);
    return wellFormed(text.append('\n').getBuffer()).getBytes(StandardCharsets.UTF_8);
  }

  /** Spells out what UTF-8 cannot hold: replaced by one character, two names could become one. */
  private static String wellFormed(CharSequence json) {
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
}
