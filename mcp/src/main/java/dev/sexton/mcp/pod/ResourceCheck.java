package dev.sexton.mcp.pod;

import dev.sexton.mcp.Quantity;
import dev.sexton.mcp.RefusalException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Checks how much the containers of a template may use together. Immutable.
///
/// @param limits the operator's limits
record ResourceCheck(Map<String, Quantity> limits) {
  /// Every node has these. All others, such as processors for graphics, are few.
  private static final Set<String> USUAL = Set.of("cpu", "memory", "ephemeral-storage");

  private static final String WHERE =
      " (limit pod_resources; an operator can change it with --pod-resources or in the limits"
          + " file)";

  /// Fails if containers may not use what they ask for.
  ///
  /// @param containers all containers of a pod
  /// @param pods the number of pods that run at once
  void require(List<Map<?, ?>> containers, long pods) throws RefusalException {
    for (Map<?, ?> container : containers) {
      requireKnown(part(container, "limits"));
      requireKnown(part(container, "requests"));
    }
    for (Map.Entry<String, Quantity> limit : limits.entrySet()) {
      require(limit.getKey(), limit.getValue(), containers, pods);
    }
  }

  private static void require(
      String resource, Quantity limit, List<Map<?, ?>> containers, long pods)
      throws RefusalException {
    BigDecimal sum = BigDecimal.ZERO;
    for (Map<?, ?> container : containers) {
      Object wanted = part(container, "limits").get(resource);
      if (wanted == null && !USUAL.contains(resource)) {
        continue; // Whoever does not ask for it has none.
      }
      Quantity quantity = wanted == null ? null : Quantity.parse(String.valueOf(wanted));
      if (quantity == null) {
        throw new RefusalException(
            "the container " + container.get("name") + " has no valid limit for " + resource,
            "set resources.limits."
                + resource
                + " in the template, of at most "
                + limit.text()
                + " for all containers together"
                + WHERE);
      }
      sum = sum.add(quantity.amount());
    }
    if (sum.multiply(BigDecimal.valueOf(pods)).compareTo(limit.amount()) > 0) {
      throw new RefusalException(
          "the containers may use too much " + resource + " together",
          "reduce resources.limits."
              + resource
              + " in the template: at most "
              + limit.text()
              + " is allowed for all containers and pods"
              + WHERE);
    }
  }

  private void requireKnown(Map<?, ?> part) throws RefusalException {
    for (Object resource : part.keySet()) {
      if (!USUAL.contains(resource) && !limits.containsKey(resource)) {
        throw new RefusalException(
            "the resource " + resource + " is not allowed here", "omit it" + WHERE);
      }
    }
  }

  private static Map<?, ?> part(Map<?, ?> container, String key) {
    return container.get("resources") instanceof Map<?, ?> resources
            && resources.get(key) instanceof Map<?, ?> part
        ? part
        : Map.of();
  }
}
