package dev.sexton.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sexton.internal.sweep.Journal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One line of a journal: a stop that was carried out or refused.
///
/// @param at the time of the stop
/// @param json the line as it was written
record Stop(Instant at, JsonObject json) {
  /// The key of the processes that got a signal.
  static final String SIGNALLED = "signalled";

  /// The key of the processes that were left alone or did not end.
  static final String SPARED = "spared";

  /// One of the processes that a line names.
  ///
  /// @param pid its PID
  /// @param start when it started, in the unit of the process table; -1 if the line does not say
  /// @param command its command line; empty if the line does not say
  record Named(long pid, long start, String command) {
    private static Named of(JsonObject json) {
      boolean hasStart = json.has("start");
      return new Named(
          Stop.number(json, "pid"),
          hasStart ? Stop.number(json, "start") : -1,
          Stop.text(json, "command"));
    }
  }

  /// Parses a line; null if it is not a stop but the note that an instance was swept, or not a
  /// valid line.
  static @Nullable Stop of(JsonObject json) {
    String kind = text(json, "kind");
    if (kind.isEmpty() || kind.equals(Journal.INSTANCE)) {
      return null;
    }
    try {
      return new Stop(Instant.parse(text(json, "at")), json);
    } catch (DateTimeException noTime) {
      return null;
    }
  }

  /// Like [#of(JsonObject)], for a line of the file.
  static @Nullable Stop of(String line) {
    try {
      return JsonParser.parseString(line) instanceof JsonObject json ? of(json) : null;
    } catch (JsonParseException cutOff) {
      return null;
    }
  }

  static int byTime(Stop left, Stop right) {
    return left.at.compareTo(right.at);
  }

  /// Returns whether it only announces a signal.
  boolean isSignal() {
    return text("kind").equals(Journal.SIGNAL);
  }

  /// Returns whether it names a process with this PID, as its subject or in its tree.
  boolean names(long pid) {
    return isProcess()
        && (number("pid") == pid
            || processes(SIGNALLED).stream().anyMatch(process -> process.pid() == pid)
            || processes(SPARED).stream().anyMatch(process -> process.pid() == pid));
  }

  /// Returns the process that it is about.
  Named process() {
    return Named.of(json);
  }

  /// Returns the processes that were left alone, whether the line names one or many.
  List<Named> spared() {
    List<Named> spared = processes(SPARED);
    return spared.isEmpty() ? List.of(process()) : spared;
  }

  /// Returns the processes at a key; empty if the key is absent.
  List<Named> processes(String key) {
    List<Named> processes = new ArrayList<>();
    if (json.get(key) instanceof JsonArray array) {
      for (JsonElement element : array) {
        if (element instanceof JsonObject process) {
          processes.add(Named.of(process));
        }
      }
    }
    return processes;
  }

  boolean concerns(Instant since, String instancePrefix) {
    return !at.isBefore(since) && text("instance_id").startsWith(instancePrefix);
  }

  /// Returns the text at a key; empty if the key is absent.
  String text(String key) {
    return text(json, key);
  }

  /// Returns the number at a key; 0 if the key is absent.
  long number(String key) {
    return number(json, key);
  }

  long sweeperPid() {
    return json.get("sweeper") instanceof JsonObject sweeper ? number(sweeper, "pid") : 0;
  }

  String sweeperCommand() {
    return json.get("sweeper") instanceof JsonObject sweeper ? text(sweeper, "command") : "";
  }

  boolean isProcess() {
    return json.has("pid");
  }

  private static long number(JsonObject json, String key) {
    try {
      return Long.parseLong(text(json, key));
    } catch (NumberFormatException none) {
      return 0;
    }
  }

  private static String text(JsonObject json, String key) {
    JsonElement value = json.get(key);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }
}
