package dev.sexton.internal.record;

import static dev.sexton.internal.record.JsonValues.isFalse;
import static dev.sexton.internal.record.JsonValues.isPid;
import static dev.sexton.internal.record.JsonValues.isText;
import static dev.sexton.internal.record.JsonValues.isTrue;
import static dev.sexton.internal.record.JsonValues.number;
import static dev.sexton.internal.record.JsonValues.object;
import static dev.sexton.internal.record.JsonValues.optionalText;
import static dev.sexton.internal.record.JsonValues.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.RecordException;
import dev.sexton.internal.command.ServerName;
import dev.sexton.internal.process.LinuxControlGroups;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.process.StartUnit;
import dev.sexton.internal.process.SystemdUnit;
import dev.sexton.internal.record.InstanceRecord.Tombstone;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads records, even hostile ones. Required keys must be present and of their type. A key that
/// Sexton adds counts only if it is valid, and is otherwise treated as absent.
public final class RecordReader {
  /// The maximum size of a record. 3,000 tracked processes take about 1 MB.
  public static final int MAX_BYTES = 8 << 20;

  /// The maximum number of processes in a record. Each costs memory in every stage of a sweep.
  public static final int MAX_PROCESSES = 10_000;

  /// A server's name is found in the first words of its command.
  private static final int MAX_WORDS = 64;

  /// Longer than any ISO 8601 timestamp.
  private static final int MAX_TIME = 64;

  /// Names, command lines and errors are truncated to this length. They go into reports and the
  /// journal.
  private static final int MAX_TEXT = 400;

  /// Larger records are read one at a time, so that their memory does not add up.
  private static final int LARGE_BYTES = 1 << 20;

  private static final Object LARGE = new Object();

  private RecordReader() {}

  /// Reads a record.
  ///
  /// @param bytes the whole file
  /// @param file the file's name in messages
  /// @throws RecordException.InvalidJson if it is not JSON
  /// @throws RecordException.NoRecord if it has none of a record's keys
  /// @throws RecordException.InvalidKey if a key of the original is missing or ill-typed
  public static InstanceRecord read(byte[] bytes, Object file) throws RecordException {
    if (bytes.length <= LARGE_BYTES) {
      return read(StrictJson.parseObject(bytes, file), file);
    }
    synchronized (LARGE) {
      return read(StrictJson.parseObject(bytes, file), file);
    }
  }

  private static InstanceRecord read(JsonObject json, Object file) throws RecordException {
    if (!json.has("instance_id") && !json.has("pid") && !json.has("started_at")) {
      throw new RecordException.NoRecord(file);
    }
    String instanceId = text(json, "instance_id", file);
    long pid = ownerPid(json, file);
    String startedAt = text(json, "started_at", file);
    if (startedAt.length() > MAX_TIME) {
      throw new RecordException.InvalidKey(
          file, "started_at", "is longer than a time can be (" + MAX_TIME + " characters)");
    }
    ProcessIdentity owner = identity(object(json, "owner"), pid);
    StartUnit unit = owner == null ? StartUnit.TICKS : owner.machine().unit();
    InstanceRecordBuilder record =
        InstanceRecord.builder(instanceId, pid, startedAt)
            .schema(schema(json.get("schema")))
            .application(application(json))
            .name(name(json))
            .command(cut(optionalText(json, "command")))
            .owner(owner, owner != null && isTrue(object(json, "owner"), "lock"))
            .started(new StartTime(number(json.get("started_units"), -1), unit))
            .written(new StartTime(number(json.get("written_units"), -1), unit))
            .containers(containers(json))
            .tombstone(tombstone(object(json, "sweep")))
            .surroundings(surroundings(object(json, "owner"), instanceId))
            .source(json)
            .keep(keep(json.get("keep")))
            .run(RunTermsReader.read(object(json, "run"), unit));
    readProcesses(json, file, owner, record);
    return record.build();
  }

  private static void readProcesses(
      JsonObject json, Object file, @Nullable ProcessIdentity owner, InstanceRecordBuilder record)
      throws RecordException {
    JsonObject known = object(json, "processes");
    Map<String, TrackedProcess> processes = new LinkedHashMap<>();
    Map<String, String> invalid = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> entry : pythonProcesses(json, file).entrySet()) {
      long child = number(entry.getValue(), Long.MIN_VALUE);
      if (!isPid(child)) {
        invalid.put(entry.getKey(), JsonExcerpt.of(entry.getValue()) + " is not a PID");
      } else {
        JsonObject details = known == null ? null : object(known, entry.getKey());
        processes.put(entry.getKey(), tracked(child, details, owner));
      }
    }
    record.processes(processes).invalidProcesses(invalid);
  }

  /// Returns the given name, or else the one that the server's command line implies.
  private static String name(JsonObject json) {
    String given = cut(optionalText(json, "name"));
    JsonElement words = json.get("argv");
    if (!given.isEmpty() || words == null || !words.isJsonArray()) {
      return given;
    }
    List<String> command = new ArrayList<>();
    for (JsonElement word : words.getAsJsonArray()) {
      if (isText(word) && command.size() < MAX_WORDS) {
        command.add(word.getAsString());
      }
    }
    return command.isEmpty() ? "" : cut(ServerName.of(command));
  }

  /// Returns the valid patterns up to the limit. Everything else in the list is ignored.
  private static List<String> keep(@Nullable JsonElement value) {
    if (value == null || !value.isJsonArray()) {
      return List.of();
    }
    List<String> patterns = new ArrayList<>();
    for (JsonElement element : value.getAsJsonArray()) {
      if (patterns.size() == InstanceRecord.MAX_KEEP) {
        break;
      }
      if (isText(element) && KeepPattern.defect(element.getAsString()) == null) {
        patterns.add(element.getAsString());
      }
    }
    return patterns;
  }

  private static OwnerSurroundings surroundings(@Nullable JsonObject owner, String instanceId) {
    if (owner == null) {
      return OwnerSurroundings.UNKNOWN;
    }
    String group = optionalText(owner, "control_group");
    return new OwnerSurroundings(
        systemdUnit(owner),
        optionalText(owner, "mark"),
        isTrue(owner, "opted_out"),
        group != null && LinuxControlGroups.isGroupOf(instanceId, group) ? group : null);
  }

  private static @Nullable String systemdUnit(JsonObject owner) {
    String unit = optionalText(owner, "systemd_unit");
    String cgroup = unit == null ? optionalText(owner, "cgroup") : null;
    return cgroup == null ? unit : SystemdUnit.of(cgroup);
  }

  private static JsonObject pythonProcesses(JsonObject json, Object file) throws RecordException {
    JsonElement processes = json.get("python_processes");
    if (processes == null) {
      return new JsonObject(); // The original reads a record without the key as one without any.
    }
    if (!processes.isJsonObject()) {
      throw new RecordException.InvalidKey(
          file, "python_processes", "is not an object of names and PIDs");
    }
    JsonObject listed = processes.getAsJsonObject();
    if (listed.size() > MAX_PROCESSES) {
      throw new RecordException.InvalidKey(
          file,
          "python_processes",
          "lists " + listed.size() + " processes, more than a record may (" + MAX_PROCESSES + ")");
    }
    return listed;
  }

  /// An overlong name is treated as absent.
  private static @Nullable String application(JsonObject json) {
    String application = optionalText(json, "application");
    return application == null || application.length() > MAX_TEXT ? null : application;
  }

  private static TrackedProcess tracked(
      long pid, @Nullable JsonObject details, @Nullable ProcessIdentity owner) {
    if (details == null || number(details.get("pid"), 0) != pid) {
      return new TrackedProcess(pid, null, "", ""); // Rewritten by a program that knows only IDs.
    }
    ProcessIdentity identity = identity(details, pid); // It names its machine, or has its owner's.
    long start = number(details.get("start"), -1);
    if (identity == null && owner != null && start >= 0 && !details.has("host")) {
      identity = new ProcessIdentity(owner.machine(), pid, start);
    }
    return new TrackedProcess(
        pid,
        identity,
        cut(optionalText(details, "tracked_at")),
        cut(optionalText(details, "command")));
  }

  private static @Nullable ProcessIdentity identity(@Nullable JsonObject json, long pid) {
    if (json == null || number(json.get("pid"), 0) != pid) {
      return null;
    }
    long start = number(json.get("start"), -1);
    String host = optionalText(json, "host");
    String boot = optionalText(json, "boot");
    String namespace = optionalText(json, "pid_namespace");
    StartUnit unit = StartUnit.of(optionalText(json, "unit"));
    if (start < 0 || host == null || boot == null || namespace == null || unit == null) {
      return null;
    }
    return new ProcessIdentity(new Machine(host, boot, namespace, unit), pid, start);
  }

  private static ContainerUse containers(JsonObject json) {
    if (isTrue(json, "containers")) {
      return ContainerUse.USED;
    }
    return isFalse(json, "containers") ? ContainerUse.UNUSED : ContainerUse.UNKNOWN;
  }

  private static @Nullable Tombstone tombstone(@Nullable JsonObject sweep) {
    return sweep == null
        ? null
        : new Tombstone(
            Math.clamp(number(sweep.get("attempts"), 0), 0, Integer.MAX_VALUE),
            cut(optionalText(sweep, "last_error")),
            cut(optionalText(sweep, "record_written_at")),
            cut(optionalText(sweep, "found_dead_at")));
  }

  /// An unknown value was written by a program that knows more than this version does.
  private static int schema(@Nullable JsonElement value) {
    long schema = value == null ? 0 : number(value, Integer.MAX_VALUE);
    return schema < 0 ? Integer.MAX_VALUE : (int) Math.min(schema, Integer.MAX_VALUE);
  }

  private static long ownerPid(JsonObject json, Object file) throws RecordException {
    JsonElement value = json.get("pid");
    if (value == null) {
      throw new RecordException.InvalidKey(file, "pid", "is missing");
    }
    long pid = number(value, Long.MIN_VALUE);
    if (!isPid(pid)) {
      throw new RecordException.InvalidKey(
          file, "pid", "is " + JsonExcerpt.of(value) + ", which is not a PID");
    }
    return pid;
  }

  private static String cut(@Nullable String text) {
    if (text == null) {
      return "";
    }
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }
}
