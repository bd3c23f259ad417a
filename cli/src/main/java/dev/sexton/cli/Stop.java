package dev.sexton.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sexton.internal.sweep.Journal;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of a journal: a stop that was carried out or refused.
 *
 * @param at when
 * @param json the line as it was written
 */
record Stop(Instant at, JsonObject json) {
  /** Null if it is no stop, but the mark that an instance was swept, or no line of ours. */
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

  /** As {@link #of(JsonObject)}, of a line as it lies in the file. */
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

  boolean concerns(Instant since, String instancePrefix) {
    return !at.isBefore(since) && text("instance_id").startsWith(instancePrefix);
  }

  /** The value of a key; empty if it has none. */
  String text(String key) {
    return text(json, key);
  }

  /** The number at a key; 0 if it has none. */
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
