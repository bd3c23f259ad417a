package dev.sexton.cluster;

import dev.sexton.testkit.RealCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The roles in `docs/kubernetes.md`.
public final class DocumentedRoles {
  private static final String ROLES = "/apis/rbac.authorization.k8s.io/v1/namespaces/sessions";

  private DocumentedRoles() {}

  /// Creates all roles, and binds some.
  ///
  /// @param users the name of a user for the name of each role that is bound
  public static void create(RealCluster cluster, Map<String, String> users) throws IOException {
    Matcher manifest =
        Pattern.compile("```yaml\n(apiVersion: rbac.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../docs/kubernetes.md")));
    while (manifest.find()) {
      String yaml = manifest.group(1);
      if (yaml.contains("kind: RoleBinding")) {
        for (Map.Entry<String, String> user : users.entrySet()) {
          bind(cluster, yaml, user.getKey(), user.getValue());
        }
      } else {
        cluster.createFromYaml(ROLES + "/roles", yaml);
      }
    }
  }

  /// Applies the documented binding, to a user instead of a service account.
  private static void bind(RealCluster cluster, String yaml, String role, String user)
      throws IOException {
    cluster.createFromYaml(
        ROLES + "/rolebindings",
        yaml.replace("sexton-server", role)
            .replace("kind: ServiceAccount", "kind: User")
            .replaceFirst("name: my-server\n *namespace: sessions", "name: " + user));
  }
}
