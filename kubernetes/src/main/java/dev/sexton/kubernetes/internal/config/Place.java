package dev.sexton.kubernetes.internal.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A namespace that `SEXTON_KUBERNETES` names. Nowhere else are objects looked for.
///
/// @param context the context of the kubeconfig, or [#IN_CLUSTER]
/// @param namespace the namespace
public record Place(String context, String namespace) {
  /// The environment variable with the places.
  public static final String VARIABLE = "SEXTON_KUBERNETES";

  /// Stands for the service account of the pod in which this process runs.
  public static final String IN_CLUSTER = "in-cluster";

  /// An RFC 1123 label, which is what the API server accepts.
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /// The places in an environment, and what in it is not one.
  ///
  /// @param places the places, without duplicates
  /// @param invalid the parts that do not name a place
  public record All(List<Place> places, List<String> invalid) {}

  /// Reads the variable. A context may contain slashes, but a namespace cannot.
  public static All in(Map<String, String> environment) {
    LinkedHashSet<Place> places = new LinkedHashSet<>();
    List<String> invalid = new ArrayList<>();
    for (String part : environment.getOrDefault(VARIABLE, "").split(",", -1)) {
      String text = part.strip();
      int slash = text.lastIndexOf('/');
      if (slash > 0 && NAMESPACE.matcher(text.substring(slash + 1)).matches()) {
        places.add(new Place(text.substring(0, slash), text.substring(slash + 1)));
      } else if (!text.isEmpty()) {
        invalid.add(text);
      }
    }
    return new All(List.copyOf(places), List.copyOf(invalid));
  }

  /// Returns the place in the form of the variable.
  public String text() {
    return context + "/" + namespace;
  }

  /// Returns the name in messages, which also tells apart contexts of the same name in different
  /// files.
  public String name(Map<String, String> environment) {
    String files = environment.getOrDefault("KUBECONFIG", "");
    return "Kubernetes at " + text() + (files.isEmpty() ? "" : " (" + files + ")");
  }
}
