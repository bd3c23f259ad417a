package dev.sexton.internal.record;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonIOException;
import com.google.gson.JsonObject;
import dev.sexton.RecordException;
import dev.sexton.internal.KeepPattern;
import dev.sexton.internal.command.ServerName;
import dev.sexton.internal.process.LinuxControlGroups;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.SystemdUnit;
import dev.sexton.internal.record.InstanceRecord.Tombstone;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
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

  /// An upper bound of process IDs: 2³² on Windows, 2²² on Linux.
  private static final long MAX_PID = 0xFFFF_FFFFL;

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
    JsonObject known = object(json, "processes");
    Map<String, TrackedProcess> processes = new LinkedHashMap<>();
    Map<String, String> invalid = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> entry : pythonProcesses(json, file).entrySet()) {
      long child = number(entry.getValue(), Long.MIN_VALUE);
      if (child < 1 || child > MAX_PID) {
        invalid.put(entry.getKey(), shorten(entry.getValue()) + " is not a PID");
      } else {
        JsonObject details = known == null ? null : object(known, entry.getKey());
        processes.put(entry.getKey(), tracked(child, details, owner));
      }
    }
    JsonElement containers = json.get("containers");
    return new InstanceRecord(
        instanceId,
        pid,
        startedAt,
        schema(json.get("schema")),
        application(json),
        name(json),
        cut(optionalText(json, "command")),
        owner,
        owner != null && isTrue(object(json, "owner"), "lock"),
        number(json.get("started_units"), -1),
        number(json.get("written_units"), -1),
        isBoolean(containers) ? (Boolean) containers.getAsBoolean() : null,
        processes,
        invalid,
        tombstone(object(json, "sweep")),
        surroundings(object(json, "owner"), instanceId),
        json,
        keep(json.get("keep")),
        run(object(json, "run")));
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

  private static @Nullable RunTerms run(@Nullable JsonObject json) {
    if (json == null) {
      return null;
    }
    JsonObject client = object(json, "client");
    long pid = client == null ? 0 : number(client.get("pid"), 0);
    long start = client == null ? -1 : number(client.get("start"), -1);
    Map<String, String> engine = new LinkedHashMap<>();
    JsonObject variables = object(json, "engine");
    if (variables != null) {
      for (String name : RunTerms.ENGINE_VARIABLES) {
        String value = optionalText(variables, name);
        if (value != null) {
          engine.put(name, value);
        }
      }
    }
    Duration grace = millis(json.get("grace_millis"));
    return new RunTerms(
        pid > 1 && pid <= MAX_PID && start >= 0 ? new RunTerms.Client(pid, start) : null,
        millis(json.get("after_stdin_close_millis")),
        grace == null ? RunTerms.DEFAULT_GRACE : grace,
        isTrue(json, "late_containers"),
        engine);
  }

  private static @Nullable Duration millis(@Nullable JsonElement value) {
    long millis = number(value, -1);
    return millis < 0 ? null : Duration.ofMillis(Math.min(millis, RunTerms.LONGEST.toMillis()));
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
    String unit = optionalText(json, "unit");
    if (start < 0 || host == null || boot == null || namespace == null) {
      return null;
    }
    Machine.StartUnit startUnit;
    if ("ticks".equals(unit)) {
      startUnit = Machine.StartUnit.TICKS;
    } else if ("millis".equals(unit)) {
      startUnit = Machine.StartUnit.MILLIS;
    } else {
      return null;
    }
    return new ProcessIdentity(new Machine(host, boot, namespace, startUnit), pid, start);
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
    if (pid < 1 || pid > MAX_PID) {
      throw new RecordException.InvalidKey(
          file, "pid", "is " + shorten(value) + ", which is not a PID");
    }
    return pid;
  }

  private static String text(JsonObject json, String key, Object file) throws RecordException {
    JsonElement value = json.get(key);
    if (value == null) {
      throw new RecordException.InvalidKey(file, key, "is missing");
    }
    if (!isText(value)) {
      throw new RecordException.InvalidKey(
          file, key, "is " + shorten(value) + ", which is not a string");
    }
    return value.getAsString();
  }

  private static @Nullable String optionalText(JsonObject json, String key) {
    JsonElement value = json.get(key);
    return value != null && isText(value) ? value.getAsString() : null;
  }

  private static @Nullable JsonObject object(JsonObject json, String key) {
    JsonElement value = json.get(key);
    return value != null && value.isJsonObject() ? value.getAsJsonObject() : null;
  }

  private static boolean isText(JsonElement value) {
    return value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
  }

  private static boolean isBoolean(@Nullable JsonElement value) {
    return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean();
  }

  private static boolean isTrue(@Nullable JsonObject json, String key) {
    JsonElement value = json == null ? null : json.get(key);
    return value != null && isBoolean(value) && value.getAsBoolean();
  }

  /// Returns a whole number, or the default if the value is not one or too large for a long.
  private static long number(@Nullable JsonElement value, long otherwise) {
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
      return otherwise;
    }
    String digits = value.getAsString();
    if (digits.length() > 19) {
      return otherwise;
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException fractionOrExponent) {
      return otherwise;
    }
  }

  private static String cut(@Nullable String text) {
    if (text == null) {
      return "";
    }
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }

  /// Returns the beginning of a value without creating its whole text.
  private static String shorten(JsonElement value) {
    StringBuilder text = new StringBuilder();
    try {
      new GsonBuilder()
          .serializeNulls()
          .disableHtmlEscaping()
          .create()
          .toJson(value, new Beginning(text));
    } catch (JsonIOException cutOff) {
      return StrictJson.printable(text.substring(0, SHOWN) + "…");
    }
    return StrictJson.printable(text.toString());
  }

  private static final int SHOWN = 40;

  /// Accepts slightly more than is shown, and then fails.
  private static final class Beginning extends Writer {
    private final StringBuilder text;

    Beginning(StringBuilder text) {
      this.text = text;
    }

    @Override
    public void write(String from, int offset, int length) throws IOException {
      text.append(from, offset, offset + Math.min(length, SHOWN + 1));
      if (text.length() > SHOWN) {
        throw new IOException("enough");
      }
    }

    @Override
    public void write(char[] buffer, int offset, int length) throws IOException {
      text.append(buffer, offset, Math.min(length, SHOWN + 1));
      if (text.length() > SHOWN) {
        throw new IOException("enough");
      }
    }

    @Override
    public void flush() {
      // Nothing is buffered.
    }

    @Override
    public void close() {
      // There is nothing to close.
    }
  }
}
