package dev.sexton.cli;

import com.google.gson.stream.JsonWriter;
import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport;
import java.io.IOException;

/// Writes the result of a sweep as JSON.
final class SweepJson {
  private SweepJson() {}

  /// Writes the document.
  ///
  /// @param done whether the command exits with 0
  static void write(JsonWriter json, SweepReport report, boolean done) throws IOException {
    json.name("version").value(Version.TEXT);
    json.name("dry_run").value(report.dryRun());
    json.name("instances").beginArray();
    for (InstanceReport instance : report.instances()) {
      write(json, instance);
    }
    json.endArray();
    ListJson.unclaimed(json, report.unclaimed());
    ListJson.problems(json, report.problems());
    json.name("summary").beginObject();
    json.name("alive").value(report.count(Liveness.ALIVE));
    json.name("dead").value(report.count(Liveness.DEAD));
    json.name("unknown").value(report.count(Liveness.UNKNOWN));
    json.name("stopped").value(report.stopped());
    json.name("left").value(SweepText.left(report));
    json.name("busy").value(SweepText.count(report, InstanceReport::isBusy));
    json.name("records_kept").value(SweepText.count(report, InstanceReport::isLeft));
    json.name("done").value(done);
    json.name("millis").value(report.millis());
    json.endObject();
  }

  private static void write(JsonWriter json, InstanceReport instance) throws IOException {
    json.beginObject();
    members(json, instance);
    json.endObject();
  }

  /// Writes the members for one instance.
  static void members(JsonWriter json, InstanceReport instance) throws IOException {
    json.name("instance_id").value(instance.instanceId());
    json.name("application").value(instance.application());
    json.name("state_dir").value(instance.stateDirectory().toString());
    json.name("pid").value(instance.pid());
    json.name("started_at").value(instance.startedAt());
    json.name("liveness").value(instance.liveness().name());
    json.name("reason").value(instance.reason());
    json.name("record").value(instance.record() == RecordFate.REMOVED ? "removed" : "kept");
    json.name("busy").value(instance.record() == RecordFate.BUSY);
    json.name("resources").beginArray();
    resources(json, instance);
    json.endArray();
  }

  /// Writes the outcomes for one instance's resources, within an array.
  static void resources(JsonWriter json, InstanceReport instance) throws IOException {
    for (ResourceReport resource : instance.resources()) {
      write(json, resource);
    }
  }

  private static void write(JsonWriter json, ResourceReport resource) throws IOException {
    json.beginObject();
    json.name("kind").value(resource.kind().word());
    if (resource.kind() == ResourceKind.PROCESS) {
      json.name("name").value(resource.name());
      json.name("pid").value(resource.pid());
      json.name("pids").beginArray();
      for (Long pid : resource.pids()) {
        json.value(pid);
      }
      json.endArray();
    } else {
      json.name("id").value(resource.id());
      json.name("name").value(resource.name());
    }
    json.name("outcome").value(resource.outcome().name());
    json.name("reason").value(resource.reason());
    json.name("millis").value(resource.millis());
    json.endObject();
  }
}
