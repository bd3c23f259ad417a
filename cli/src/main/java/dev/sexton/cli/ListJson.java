package dev.sexton.cli;

import com.google.gson.stream.JsonWriter;
import dev.sexton.ResourceKind;
import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.internal.sweep.Inventory;
import dev.sexton.internal.sweep.Inventory.Holding;
import dev.sexton.internal.sweep.Inventory.Item;
import java.io.IOException;
import java.util.List;

/// Writes the result of `list` as JSON.
final class ListJson {
  private ListJson() {}

  static void write(JsonWriter json, Inventory inventory) throws IOException {
    json.name("version").value(Version.TEXT);
    json.name("instances").beginArray();
    for (Item item : inventory.instances()) {
      write(json, item);
    }
    json.endArray();
    unclaimed(json, inventory.unclaimed());
    problems(json, inventory.problems());
    json.name("engine_problems");
    JsonOut.strings(json, inventory.engineFailures());
  }

  private static void write(JsonWriter json, Item item) throws IOException {
    json.beginObject();
    json.name("instance_id").value(item.instanceId());
    json.name("application").value(item.application());
    json.name("state_dir").value(item.stateDirectory().toString());
    json.name("pid").value(item.pid());
    json.name("started_at").value(item.startedAt());
    json.name("liveness").value(item.liveness().name());
    json.name("reason").value(item.reason());
    json.name("name").value(item.name());
    json.name("command").value(item.command());
    json.name("tombstone");
    Inventory.Tombstone tombstone = item.tombstone();
    if (tombstone == null) {
      json.nullValue();
    } else {
      json.beginObject();
      json.name("attempts").value(tombstone.attempts());
      json.name("last_error").value(tombstone.lastError());
      json.endObject();
    }
    json.name("resources").beginArray();
    for (Holding holding : item.holdings()) {
      write(json, holding);
    }
    json.endArray();
    json.endObject();
  }

  private static void write(JsonWriter json, Holding holding) throws IOException {
    json.beginObject();
    json.name("kind").value(holding.kind().word());
    json.name("name").value(holding.name());
    if (holding.kind() == ResourceKind.PROCESS) {
      json.name("pid").value(holding.pid());
      json.name("pids").beginArray();
      for (Long pid : holding.pids()) {
        json.value(pid);
      }
      json.endArray();
    } else {
      json.name("id").value(holding.id());
    }
    json.name("state").value(state(holding));
    json.name("detail").value(holding.detail());
    json.name("rss_bytes").value(holding.residentBytes());
    json.endObject();
  }

  private static String state(Holding holding) {
    return switch (holding.state()) {
      case RUNNING -> "running";
      case GONE -> "gone";
      case RECYCLED -> "recycled";
      case KEPT -> "kept";
      case UNCLAIMED -> "unclaimed";
    };
  }

  /// Writes the key `unclaimed`, as in every document that has it.
  static void unclaimed(JsonWriter json, List<Unclaimed> unclaimed) throws IOException {
    json.name("unclaimed").beginArray();
    for (Unclaimed one : unclaimed) {
      json.beginObject();
      json.name("kind").value(one.kind().word());
      if (one.kind() == ResourceKind.PROCESS) {
        json.name("pid").value(one.pid());
      } else {
        json.name("id").value(one.id());
      }
      json.name("name").value(one.name());
      json.name("reason").value(one.reason());
      json.endObject();
    }
    json.endArray();
  }

  /// Writes the key `problems`, as in every document that has it.
  static void problems(JsonWriter json, List<Problem> problems) throws IOException {
    json.name("problems").beginArray();
    for (Problem problem : problems) {
      json.beginObject();
      json.name("path").value(problem.path().toString());
      json.name("problem").value(problem.problem());
      json.endObject();
    }
    json.endArray();
  }
}
