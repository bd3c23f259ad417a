package dev.sexton.mcp.tool;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reports of the command as text for a reader, and their schemas. */
final class Reports {
  private static final Map<String, Object> OBJECT = Map.of("type", "object");

  private Reports() {}

  static Map<String, Object> listSchema() {
    return Schema.object()
        .array("instances", "Servers that are not known to live, with what they left.", OBJECT)
        .array("unclaimed", "Containers whose server is not known.", OBJECT)
        .array("problems", "Records and directories that could not be read.", OBJECT)
        .array(
            "engine_problems", "Container engines that did not answer.", Map.of("type", "string"))
        .required("version", "string", "Of Sexton.")
        .build();
  }

  static Map<String, Object> sweepSchema() {
    return Schema.object()
        .required("version", "string", "Of Sexton.")
        .required("dry_run", "boolean", "Whether nothing was touched.")
        .array("instances", "Each with what became of its resources.", OBJECT)
        .array("unclaimed", "Containers whose server is not known; they are left alone.", OBJECT)
        .array("problems", "Records and directories that could not be read.", OBJECT)
        .object("summary", "Counts, and how long it took.", Schema.open())
        .build();
  }

  /** How many resources a sweep has stopped, or would stop. */
  static int resources(Map<String, Object> sweep) {
    return SextonCli.objects(sweep, "instances").stream()
        .mapToInt(instance -> SextonCli.objects(instance, "resources").size())
        .sum();
  }

  static String list(Map<String, Object> list, int alive) {
    StringBuilder text = new StringBuilder();
    for (Map<?, ?> instance : SextonCli.objects(list, "instances")) {
      head(text, instance);
      for (Map<?, ?> resource : SextonCli.objects(instance, "resources")) {
        resource(text, resource).append(' ').append(resource.get("state"));
        if (resource.get("rss_bytes") instanceof Number bytes) {
          text.append(", ").append(bytes.longValue() >> 20).append(" MB");
        }
        text.append('\n');
      }
    }
    unclaimed(text, list);
    if (text.isEmpty()) {
      text.append("No server has left anything behind.\n");
    }
    return text.append(alive).append(" servers are alive.").toString();
  }

  static String sweep(Map<String, Object> sweep) {
    StringBuilder text = new StringBuilder();
    for (Map<?, ?> instance : SextonCli.objects(sweep, "instances")) {
      List<Map<?, ?>> resources = SextonCli.objects(instance, "resources");
      if (!"ALIVE".equals(instance.get("liveness"))) {
        head(text, instance);
      }
      for (Map<?, ?> resource : resources) {
        resource(text, resource).append(": ");
        text.append(String.valueOf(resource.get("outcome")).toLowerCase(Locale.ROOT));
        text.append(", ").append(resource.get("reason")).append('\n');
      }
    }
    unclaimed(text, sweep);
    if (text.isEmpty()) {
      text.append("There is nothing to stop.\n");
    }
    return text.append(
            Boolean.TRUE.equals(sweep.get("dry_run"))
                ? "Nothing was touched: this was a dry run."
                : "Done.")
        .toString();
  }

  static String history(List<Map<String, Object>> stops) {
    if (stops.isEmpty()) {
      return "Nothing was stopped in this time.";
    }
    StringBuilder text = new StringBuilder();
    for (Map<String, Object> stop : stops) {
      text.append(stop.get("at")).append(' ');
      text.append(stop.get("application")).append(' ').append(stop.get("kind")).append(' ');
      text.append(stop.get("name")).append(": ");
      text.append(String.valueOf(stop.get("outcome")).toLowerCase(Locale.ROOT));
      text.append(", ").append(stop.get("reason")).append('\n');
    }
    return text.toString();
  }

  private static void head(StringBuilder text, Map<?, ?> instance) {
    text.append(instance.get("instance_id")).append(' ').append(instance.get("application"));
    text.append(", ").append(String.valueOf(instance.get("liveness")).toLowerCase(Locale.ROOT));
    text.append(": ").append(instance.get("reason")).append('\n');
  }

  private static StringBuilder resource(StringBuilder text, Map<?, ?> resource) {
    text.append("  ").append(resource.get("kind")).append(' ').append(resource.get("name"));
    return text.append(' ').append(resource.get(resource.get("pids") == null ? "id" : "pids"));
  }

  private static void unclaimed(StringBuilder text, Map<String, Object> report) {
    for (Map<?, ?> one : SextonCli.objects(report, "unclaimed")) {
      text.append("unclaimed ").append(one.get("kind")).append(' ').append(one.get("name"));
      text.append(": ").append(one.get("reason")).append('\n');
    }
  }
}
