package dev.sexton.mcp;

import dev.sexton.cli.output.CommandException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the limits of what is started in clusters.
final class PodLimitsReader {
  private static final Pattern PLACE = Pattern.compile(".+/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern FIELD = Pattern.compile("[A-Za-z]+(\\.[A-Za-z]+)*");

  /// Where a list of texts comes from.
  @FunctionalInterface
  interface Source {
    /// Returns the list with this key; null if it is not set.
    @Nullable List<String> list(String key) throws CommandException;
  }

  private PodLimitsReader() {}

  static PodLimits read(Source source) throws CommandException {
    return new PodLimits(
        matching(source, "namespaces", PLACE, "write CONTEXT/NAMESPACE"),
        list(source, "service_accounts"),
        resources(list(source, "pod_resources")),
        Set.copyOf(matching(source, "pod_fields", FIELD, "write a path such as volumes.secret")));
  }

  private static List<String> list(Source source, String key) throws CommandException {
    List<String> list = source.list(key);
    return list == null ? List.of() : List.copyOf(list);
  }

  private static List<String> matching(Source source, String key, Pattern form, String remedy)
      throws CommandException {
    List<String> list = list(source, key);
    for (String one : list) {
      if (!form.matcher(one).matches()) {
        throw CommandException.usage("the limit " + key + " contains " + one, remedy);
      }
    }
    return list;
  }

  private static Map<String, Quantity> resources(List<String> list) throws CommandException {
    Map<String, Quantity> resources = new LinkedHashMap<>();
    for (String one : list) {
      int equals = one.indexOf('=');
      Quantity quantity = equals <= 0 ? null : Quantity.parse(one.substring(equals + 1));
      if (quantity == null) {
        throw CommandException.usage(
            "the limit pod_resources contains " + one, "write memory=2Gi or cpu=500m");
      }
      resources.put(one.substring(0, equals), quantity);
    }
    return Map.copyOf(resources);
  }
}
