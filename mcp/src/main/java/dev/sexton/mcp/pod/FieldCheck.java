package dev.sexton.mcp.pod;

import dev.sexton.mcp.RefusalException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks that a template has no other fields than those that are allowed. Immutable.
///
/// @param allowed the paths that the operator allows in addition to [PodFields#SAFE]
record FieldCheck(Set<String> allowed) {
  /// Fails unless everything in a value is allowed.
  ///
  /// @param path the path of the value
  void require(String path, @Nullable Object value) throws RefusalException {
    if (value == null || isAllowed(path) || value.equals(PodFields.HARMLESS.get(path))) {
      return; // Null is the same as absent.
    }
    if (!leadsSomewhere(path)) {
      throw refusal(path);
    }
    switch (value) {
      case Map<?, ?> map -> {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          require(join(path, String.valueOf(entry.getKey())), entry.getValue());
        }
      }
      case List<?> list -> {
        for (Object item : list) {
          if (!(item instanceof Map<?, ?>)) {
            throw refusal(path);
          }
          require(path, item);
        }
      }
      default -> throw refusal(path);
    }
  }

  boolean isAllowed(String path) {
    return PodFields.SAFE.contains(path) || allowed.contains(path);
  }

  /// Returns whether something below a path can be allowed.
  private boolean leadsSomewhere(String path) {
    String prefix = path.isEmpty() ? "" : path + ".";
    return begins(PodFields.SAFE, prefix)
        || begins(allowed, prefix)
        || begins(PodFields.HARMLESS.keySet(), prefix);
  }

  private static boolean begins(Set<String> paths, String prefix) {
    return paths.stream().anyMatch(one -> one.startsWith(prefix));
  }

  private static String join(String path, String key) {
    if (path.isEmpty()) {
      return key.equals("initContainers") ? "containers" : key;
    }
    return path + "." + key;
  }

  private static RefusalException refusal(String path) {
    return new RefusalException(
        "the pod has the field " + path + ", which is not allowed here",
        "omit it (limit pod_fields; an operator can allow it with --pod-fields or in the limits"
            + " file)");
  }
}
