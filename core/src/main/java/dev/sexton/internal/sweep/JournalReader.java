package dev.sexton.internal.sweep;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sexton.Outcome;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the journal of a state directory. A line that its sweeper could not finish is ignored.
public final class JournalReader {
  private JournalReader() {}

  /// Returns all readable lines, oldest first. A truncated line is left out.
  public static List<JsonObject> read(StateDirectory directory) throws IOException {
    List<JsonObject> lines = new ArrayList<>();
    for (String line : directory.readJournal()) {
      JsonObject entry = parse(line);
      if (entry != null) {
        lines.add(entry);
      }
    }
    return lines;
  }

  /// Returns whether a journal says that an instance was swept as dead.
  public static boolean isSwept(StateDirectory directory, String instanceId) throws IOException {
    return directory.untrustedReason() == null && sweptAt(directory).containsKey(instanceId);
  }

  /// Returns when each instance was swept as dead for the first time, by its UUID.
  static Map<String, String> sweptAt(StateDirectory directory) throws IOException {
    Map<String, String> swept = new HashMap<>();
    for (String line : directory.readJournal()) {
      if (line.contains("\"" + Journal.INSTANCE + "\"")) {
        JsonObject entry = parse(line);
        if (entry != null && Journal.INSTANCE.equals(text(entry, "kind"))) {
          String id = text(entry, "instance_id");
          String at = text(entry, "at");
          if (!id.isEmpty() && !at.isEmpty()) {
            swept.putIfAbsent(id, at);
          }
        }
      }
    }
    return swept;
  }

  /// Leaves out processes that an earlier sweep of an instance with a tombstone spared with the
  /// same outcome. Otherwise each interval of a watcher would add a line.
  static List<ResourceResult> withoutKnown(
      ObservedInstance instance, List<ResourceResult> settled) {
    if (settled.stream().noneMatch(JournalReader::isSpared)) {
      return settled;
    }
    Set<String> known = new HashSet<>();
    try {
      for (String line : instance.directory().readJournal()) {
        if (line.contains(instance.instanceId())) {
          JsonObject entry = parse(line);
          if (entry != null && instance.instanceId().equals(text(entry, "instance_id"))) {
            known.add(text(entry, "outcome") + text(entry, "pid") + "@" + text(entry, "start"));
          }
        }
      }
    } catch (IOException unreadable) {
      return settled; // A duplicate is better than no line.
    }
    List<ResourceResult> news = new ArrayList<>();
    for (ResourceResult one : settled) {
      Outcome outcome = one.report().outcome();
      if (!isSpared(one)
          || one.remaining().stream()
              .anyMatch(process ->
                  !known.contains(
                      outcome.name() + process.pid() + "@" + process.start().value()))) {
        news.add(one);
      }
    }
    return news;
  }

  /// Returns whether the result is a process that was left alone, exists, and is uniquely
  /// identified.
  private static boolean isSpared(ResourceResult one) {
    return switch (one.report().outcome()) {
      case KEPT, UNCLAIMED, DENIED -> !one.remaining().isEmpty();
      default -> false;
    };
  }

  /// Returns the object in a line; null if the line is not valid.
  public static @Nullable JsonObject parse(String line) {
    try {
      return JsonParser.parseString(line) instanceof JsonObject entry ? entry : null;
    } catch (JsonParseException cutOff) {
      return null; // Its sweeper was killed. The other lines remain valid.
    }
  }

  /// Returns the text at a key of a line, or of an object in it; empty if there is none.
  public static String text(JsonObject line, String key) {
    JsonElement value = line.get(key);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }
}
