package dev.sexton.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Prepares the lines of journals for a reader: one line for each stop.
final class Stops {
  private Stops() {}

  /// Joins the parts of a large tree, and omits the announcements of a sweeper that also logged the
  /// result later. The remaining announcements are signals of sweepers that were killed.
  static List<Stop> tidy(List<Stop> stops) {
    List<Stop> whole = whole(stops);
    Set<String> settled = new HashSet<>();
    List<Stop> tidy = new ArrayList<>();
    for (int i = whole.size() - 1; i >= 0; i--) {
      Stop stop = whole.get(i);
      if (!stop.isSignal()) {
        settled.add(target(stop));
      } else if (settled.contains(target(stop))) {
        continue;
      }
      tidy.addFirst(stop);
    }
    return tidy;
  }

  private static List<Stop> whole(List<Stop> stops) {
    Map<String, Stop> firsts = new HashMap<>();
    List<Stop> whole = new ArrayList<>();
    for (Stop stop : stops) {
      long part = stop.number("part");
      String key = stop.text("at") + " " + stop.text("kind") + " " + target(stop);
      Stop first = part > 1 ? firsts.get(key) : null;
      if (first == null) {
        whole.add(stop);
        if (part == 1) {
          firsts.put(key, stop);
        }
      } else {
        add(first, stop, Stop.SIGNALLED);
        add(first, stop, Stop.SPARED);
      }
    }
    return whole;
  }

  private static void add(Stop first, Stop part, String key) {
    if (part.json().get(key) instanceof JsonArray more) {
      if (first.json().get(key) instanceof JsonArray before) {
        before.addAll(more);
      } else {
        first.json().add(key, more);
      }
    }
  }

  /// Returns the subject of a line and its writer.
  private static String target(Stop stop) {
    Map<String, String> parts = new LinkedHashMap<>();
    for (String key : List.of("instance_id", "pid", "name")) {
      parts.put(key, stop.text(key));
    }
    JsonElement sweeper = stop.json().get("sweeper");
    return sweeper + " " + parts;
  }
}
