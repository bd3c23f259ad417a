package dev.sexton;

import dev.sexton.HeldResource.HeldLabelled;
import dev.sexton.HeldResource.HeldProcess;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.ResourceReport.EngineReport;
import dev.sexton.ResourceReport.LabelledReport;
import dev.sexton.ResourceReport.ProcessReport;
import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.SweepReport.UnclaimedLabelled;
import dev.sexton.SweepReport.UnclaimedProcess;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The reports as JSON objects, as the `sexton` command prints them with `--json`. An object is a
/// map from keys to strings, numbers, booleans, lists, maps or null, in the order of `docs/cli.md`.
/// Any JSON library can write it. Keys are never removed or renamed.
public final class ReportJson {
  private ReportJson() {}

  /// {@return the document of `sexton list`, without its version}
  ///
  /// @param inventory the result of [Instances#list()]
  public static Map<String, @Nullable Object> of(Inventory inventory) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("instances", all(inventory.instances(), ReportJson::of));
    json.put("unclaimed", all(inventory.unclaimed(), ReportJson::of));
    json.put("problems", all(inventory.problems(), ReportJson::of));
    json.put("engine_problems", inventory.engineFailures());
    return json;
  }

  /// {@return an instance in the document of `sexton list`}
  ///
  /// @param instance an instance of an inventory
  public static Map<String, @Nullable Object> of(InstanceInfo instance) {
    Map<String, @Nullable Object> json = identity(instance.identity());
    json.put("pid", instance.owner().pid());
    json.put("started_at", instance.owner().startedAt());
    json.put("liveness", instance.liveness().name());
    json.put("reason", instance.reason());
    json.put("name", instance.name());
    json.put("command", instance.owner().command());
    InstanceInfo.FailedSweeps failed = instance.failedSweeps();
    json.put(
        "tombstone",
        failed == null
            ? null
            : map("attempts", failed.attempts(), "last_error", failed.lastError()));
    json.put("resources", all(instance.resources(), ReportJson::of));
    return json;
  }

  /// {@return what `sexton list --fleet` adds to its document}
  ///
  /// @param fleet the result of [FleetInventory#look]
  public static Map<String, @Nullable Object> of(FleetInventory fleet) {
    return map(
        "name",
        fleet.name(),
        "hosts",
        all(
            fleet.hosts(),
            host -> map("host_name", host.name(), "host", host.id(), "user", host.user())),
        "instances",
        all(
            fleet.instances(),
            one -> {
              Map<String, @Nullable Object> json = map("host_name", one.hostName());
              json.putAll(of(one.info()));
              return json;
            }),
        "problems",
        fleet.problems());
  }

  private static Map<String, @Nullable Object> identity(InstanceInfo.Identity identity) {
    return map(
        "instance_id",
        identity.instanceId(),
        "application",
        identity.application(),
        "state_dir",
        identity.stateDirectory().toString());
  }

  /// {@return a resource in the document of `sexton list`}
  ///
  /// @param resource a resource of an instance
  public static Map<String, @Nullable Object> of(HeldResource resource) {
    Map<String, @Nullable Object> json =
        map("kind", resource.kind().word(), "name", resource.name());
    long bytes = 0;
    switch (resource) {
      case HeldProcess process -> {
        json.put("pid", process.pid());
        json.put("pids", process.pids());
        bytes = process.residentBytes();
      }
      case HeldLabelled labelled -> json.put("id", labelled.id());
    }
    json.put("state", resource.status().state().name().toLowerCase(Locale.ROOT));
    json.put("detail", resource.status().detail());
    json.put("rss_bytes", bytes);
    return json;
  }

  /// {@return an unclaimed resource, as in every document that has the key `unclaimed`}
  ///
  /// @param unclaimed a resource whose owner cannot be determined
  public static Map<String, @Nullable Object> of(Unclaimed unclaimed) {
    Map<String, @Nullable Object> json = map("kind", unclaimed.kind().word());
    switch (unclaimed) {
      case UnclaimedProcess process -> json.put("pid", process.pid());
      case UnclaimedLabelled labelled -> json.put("id", labelled.id());
    }
    json.put("name", unclaimed.name());
    json.put("reason", unclaimed.reason());
    return json;
  }

  /// {@return a problem, as in every document that has the key `problems`}
  ///
  /// @param problem a problem with one path
  public static Map<String, @Nullable Object> of(Problem problem) {
    return map("path", problem.path().toString(), "problem", problem.problem());
  }

  /// {@return the document of `sexton sweep`, without its version}
  ///
  /// @param report the result of [Sweeper#sweep()]
  /// @param done whether everything is done, which the command's exit code says
  public static Map<String, @Nullable Object> of(SweepReport report, boolean done) {
    Map<String, @Nullable Object> json = map("dry_run", report.dryRun());
    json.put("instances", all(report.instances(), ReportJson::of));
    json.put("unclaimed", all(report.unclaimed(), ReportJson::of));
    json.put("problems", all(report.problems(), ReportJson::of));
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    summary.put("alive", report.count(Liveness.ALIVE));
    summary.put("dead", report.count(Liveness.DEAD));
    summary.put("unknown", report.count(Liveness.UNKNOWN));
    summary.put("stopped", report.stopped());
    summary.put("left", report.failed());
    summary.put("busy", report.instances().stream().filter(InstanceReport::isBusy).count());
    summary.put("records_kept", report.instances().stream().filter(InstanceReport::isLeft).count());
    summary.put("done", done);
    summary.put("millis", report.millis());
    json.put("summary", summary);
    return json;
  }

  /// {@return an instance in the document of `sexton sweep`, or a line of `sexton watch` without
  /// its time}
  ///
  /// @param instance an instance of a sweep
  public static Map<String, @Nullable Object> of(InstanceReport instance) {
    Map<String, @Nullable Object> json = identity(instance.identity());
    json.put("pid", instance.owner().pid());
    json.put("started_at", instance.owner().startedAt());
    json.put("liveness", instance.liveness().name());
    json.put("reason", instance.reason());
    json.put("record", instance.record() == RecordFate.REMOVED ? "removed" : "kept");
    json.put("busy", instance.record() == RecordFate.BUSY);
    json.put("resources", all(instance.resources(), ReportJson::of));
    return json;
  }

  /// {@return the outcome for a resource}
  ///
  /// @param resource a resource of a dead instance
  public static Map<String, @Nullable Object> of(ResourceReport resource) {
    Map<String, @Nullable Object> json = map("kind", resource.kind().word());
    switch (resource) {
      case ProcessReport process -> {
        json.put("name", process.name());
        json.put("pid", process.pid());
        json.put("pids", process.pids());
      }
      case LabelledReport labelled -> {
        json.put("id", labelled.id());
        json.put("name", labelled.name());
      }
      case EngineReport engine -> {
        json.put("id", null);
        json.put("name", engine.name());
      }
    }
    json.put("outcome", resource.outcome().name());
    json.put("reason", resource.reason());
    json.put("millis", resource.millis());
    return json;
  }

  /// {@return the document of `sexton stop`, without its version}
  ///
  /// @param report the result of [Instances#stop]
  public static Map<String, @Nullable Object> of(StopReport report) {
    InstanceReport swept = report.leftovers().swept();
    Map<String, @Nullable Object> json = identity(report.instance().identity());
    json.put("pid", report.instance().owner().pid());
    json.put("name", report.instance().name());
    json.put("owner", report.owner().outcome().name());
    json.put("reason", report.owner().refusal());
    json.put("resources", swept == null ? List.of() : all(swept.resources(), ReportJson::of));
    json.put("left", report.leftovers().left());
    json.put("rest", report.leftovers().rest());
    json.put("millis", report.millis());
    return json;
  }

  /// {@return a line of `sexton history`}
  ///
  /// @param entry an entry of a journal
  public static Map<String, @Nullable Object> of(HistoryEntry entry) {
    Map<String, @Nullable Object> json = map("at", entry.atText());
    json.put("sweeper", map("pid", entry.sweeperPid(), "command", entry.sweeperCommand()));
    json.put("application", entry.application());
    json.put("instance_id", entry.instanceId());
    json.put("kind", entry.kind());
    json.put("name", entry.name());
    if (entry.isProcess()) {
      json.put("pid", entry.process().pid());
      if (entry.process().start() >= 0) {
        json.put("start", entry.process().start());
        json.put("command", entry.process().command());
      }
    } else {
      json.put("id", entry.id());
    }
    json.put("reason", entry.reason());
    json.put("outcome", entry.outcome());
    json.put("millis", entry.millis());
    putUnlessEmpty(json, "signalled", entry.signalled());
    putUnlessEmpty(json, "spared", entry.spared());
    return json;
  }

  private static void putUnlessEmpty(
      Map<String, @Nullable Object> json, String key, List<HistoryEntry.Named> processes) {
    if (!processes.isEmpty()) {
      json.put(
          key,
          all(
              processes,
              process ->
                  map(
                      "pid",
                      process.pid(),
                      "start",
                      process.start(),
                      "command",
                      process.command())));
    }
  }

  private static <T> List<Map<String, @Nullable Object>> all(
      List<T> items, Function<? super T, Map<String, @Nullable Object>> json) {
    return items.stream().map(json).toList();
  }

  private static Map<String, @Nullable Object> map(Object... keysAndValues) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }
}
