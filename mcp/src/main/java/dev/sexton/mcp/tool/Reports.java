package dev.sexton.mcp.tool;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Formats reports of the command as text, and defines their schemas. The schemas are open, since a
/// later version may have other outcomes, kinds and keys.
final class Reports {
  private static final Map<String, Object> OBJECT = Map.of("type", "object");

  /// Outcomes that are only reported, in a dry run and in any other.
  private static final Set<String> LEFT_ALONE = Set.of("KEPT", "UNCLAIMED");

  private Reports() {}

  static Map<String, Object> listSchema() {
    return Schema.open()
        .array("instances", "Servers that are dead or unknown, with what they left.", OBJECT)
        .array("unclaimed", "Containers and processes without a known server.", OBJECT)
        .array("problems", "Records and directories that could not be read.", OBJECT)
        .array(
            "engine_problems",
            "Container engines that could not be queried.",
            Map.of("type", "string"))
        .required("version", "string", "The version of Sexton.")
        .build();
  }

  static Map<String, Object> sweepSchema() {
    return Schema.open()
        .required("version", "string", "The version of Sexton.")
        .required("dry_run", "boolean", "Whether this was a dry run, which changes nothing.")
        .array("instances", "Instances, with the outcome of each resource.", OBJECT)
        .array(
            "unclaimed",
            "Containers and processes without a known server; they are left alone.",
            OBJECT)
        .array("problems", "Records and directories that could not be read.", OBJECT)
        .object("summary", "Counts and the duration.", Schema.open())
        .build();
  }

  /// Counts the resources that a sweep stops or would stop, without those that it leaves alone.
  static long resources(Map<String, Object> sweep) {
    return MachineReports.objects(sweep, "instances").stream()
        .flatMap(instance -> MachineReports.objects(instance, "resources").stream())
        .filter(resource -> !LEFT_ALONE.contains(String.valueOf(resource.get("outcome"))))
        .count();
  }

  static String list(Map<String, Object> list, int alive) {
    StringBuilder text = new StringBuilder();
    for (Map<?, ?> instance : MachineReports.objects(list, "instances")) {
      head(text, instance);
      for (Map<?, ?> resource : MachineReports.objects(instance, "resources")) {
        resource(text.append("  "), resource).append(' ').append(word(resource.get("state")));
        if (resource.get("rss_bytes") instanceof Number bytes) {
          text.append(", ").append(bytes.longValue() >> 20).append(" MB");
        }
        text.append('\n');
      }
    }
    unclaimed(text, list);
    if (text.isEmpty()) {
      text.append("No server has left anything.\n");
    }
    problems(text, list);
    return text.append(alive).append(" servers are alive.").toString();
  }

  static String sweep(Map<String, Object> sweep) {
    StringBuilder text = new StringBuilder();
    for (Map<?, ?> instance : MachineReports.objects(sweep, "instances")) {
      List<Map<?, ?>> resources = MachineReports.objects(instance, "resources");
      if (!"ALIVE".equals(instance.get("liveness"))) {
        head(text, instance);
      }
      for (Map<?, ?> resource : resources) {
        resource(text.append("  "), resource).append(": ").append(word(resource.get("outcome")));
        text.append(", ").append(resource.get("reason")).append('\n');
      }
    }
    unclaimed(text, sweep);
    if (text.isEmpty()) {
      text.append("Nothing to stop.\n");
    }
    problems(text, sweep);
    if (Boolean.TRUE.equals(sweep.get("dry_run"))) {
      return text.append("Dry run: nothing was changed.").toString();
    }
    return sweep.get("summary") instanceof Map<?, ?> summary
            && summary.get("left") instanceof Number left
            && left.longValue() > 0
        ? text.append("Done as far as possible: ").append(left).append(" left.").toString()
        : text.append("Done.").toString();
  }

  static String history(List<Map<String, Object>> stops) {
    if (stops.isEmpty()) {
      return "Nothing was stopped in this period.";
    }
    StringBuilder text = new StringBuilder();
    for (Map<String, Object> stop : stops) {
      text.append(stop.get("at")).append(' ');
      text.append(stop.get("application")).append(' ').append(stop.get("kind")).append(' ');
      text.append(stop.get("name")).append(": ").append(word(stop.get("outcome")));
      text.append(", ").append(stop.get("reason")).append('\n');
    }
    return text.toString();
  }

  private static void head(StringBuilder text, Map<?, ?> instance) {
    text.append(instance.get("instance_id")).append(' ').append(instance.get("application"));
    text.append(", ").append(word(instance.get("liveness")));
    text.append(": ").append(instance.get("reason")).append('\n');
  }

  /// Appends a resource with its first known ID: PIDs, else the PID, else the container's ID.
  static StringBuilder resource(StringBuilder text, Map<?, ?> resource) {
    text.append(resource.get("kind"));
    for (String key : List.of("name", "pids", "pid", "id")) {
      Object value = resource.get(key);
      if (value != null && !value.equals(List.of())) {
        text.append(' ').append(value);
        if (!key.equals("name")) {
          break;
        }
      }
    }
    return text;
  }

  private static String word(@Nullable Object value) {
    return String.valueOf(value).toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static void unclaimed(StringBuilder text, Map<String, Object> report) {
    for (Map<?, ?> one : MachineReports.objects(report, "unclaimed")) {
      resource(text.append("unclaimed "), one).append(": ").append(one.get("reason")).append('\n');
    }
  }

  private static void problems(StringBuilder text, Map<String, Object> report) {
    for (Map<?, ?> one : MachineReports.objects(report, "problems")) {
      text.append("problem with ").append(one.get("path")).append(": ").append(one.get("problem"));
      text.append('\n');
    }
    if (report.get("engine_problems") instanceof List<?> engines) {
      for (Object one : engines) {
        text.append("problem with a container engine: ").append(one).append('\n');
      }
    }
  }
}
