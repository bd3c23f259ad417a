package dev.sexton.internal.record;

import static dev.sexton.internal.record.JsonValues.isPid;
import static dev.sexton.internal.record.JsonValues.isTrue;
import static dev.sexton.internal.record.JsonValues.number;
import static dev.sexton.internal.record.JsonValues.object;
import static dev.sexton.internal.record.JsonValues.optionalText;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.process.StartUnit;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what a record says for a watcher. An invalid value counts as absent.
final class RunTermsReader {
  private RunTermsReader() {}

  /// Returns the terms; null if the record has none.
  ///
  /// @param unit the unit of the owner's start time, and of the client's
  static @Nullable RunTerms read(@Nullable JsonObject json, StartUnit unit) {
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
        pid > 1 && isPid(pid) && start >= 0
            ? new RunTerms.Client(pid, new StartTime(start, unit))
            : null,
        millis(json.get("after_stdin_close_millis")),
        grace == null ? RunTerms.DEFAULT_GRACE : grace,
        isTrue(json, "late_containers"),
        engine);
  }

  private static @Nullable Duration millis(@Nullable JsonElement value) {
    long millis = number(value, -1);
    return millis < 0 ? null : Duration.ofMillis(Math.min(millis, RunTerms.LONGEST.toMillis()));
  }
}
