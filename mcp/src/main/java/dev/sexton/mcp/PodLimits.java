package dev.sexton.mcp;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the operator allows clients to start in clusters. Immutable.
///
/// @param namespaces the namespaces in which pods may be started, as `CONTEXT/NAMESPACE`; none if
///   empty. The first is the default
/// @param serviceAccounts the names of the service accounts that pods may use
/// @param resources for a resource such as `memory`, how much of it all containers of a session may
///   use together
/// @param fields paths of fields of a pod that are allowed in addition to those that are always
///   allowed, such as `hostNetwork` or `volumes.hostPath`
public record PodLimits(
    List<String> namespaces,
    List<String> serviceAccounts,
    Map<String, Quantity> resources,
    Set<String> fields) {
  /// Allows no pods.
  public static final PodLimits NONE = new PodLimits(List.of(), List.of(), Map.of(), Set.of());

  /// Returns where a pod is started.
  ///
  /// @param wanted the namespace that the client names; null for the default
  /// @throws RefusalException if no pod may be started there
  public String requireNamespace(@Nullable String wanted) throws RefusalException {
    if (namespaces.isEmpty()) {
      throw new RefusalException(
          "no pod may be started here",
          "use a command or an image (limit namespaces; an operator can change it with"
              + " --namespaces or in the limits file)");
    }
    if (wanted == null) {
      return namespaces.getFirst();
    }
    if (!namespaces.contains(wanted)) {
      throw new RefusalException(
          "the namespace " + wanted + " is not allowed here",
          "only "
              + String.join(", ", namespaces)
              + " may be used (limit namespaces; an operator can change it with --namespaces or in"
              + " the limits file)");
    }
    return wanted;
  }
}
