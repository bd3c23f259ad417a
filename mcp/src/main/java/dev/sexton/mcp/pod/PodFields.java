package dev.sexton.mcp.pod;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/// The fields that a pod may have. Fields are allowed one by one, because Kubernetes gets new ones:
/// what is not known here is refused. A path leaves out the positions in lists, and names
/// `initContainers` as `containers`. What an allowed path contains is allowed, too.
final class PodFields {
  /// The fields that give a pod no more than its containers have by themselves.
  static final Set<String> SAFE =
      words(
          """
          metadata.name metadata.generateName metadata.namespace
          job.backoffLimit job.completions job.parallelism job.completionMode
          job.activeDeadlineSeconds
          restartPolicy activeDeadlineSeconds hostname enableServiceLinks
          shareProcessNamespace serviceAccountName automountServiceAccountToken
          containers.name containers.image containers.imagePullPolicy containers.command
          containers.args containers.workingDir containers.tty containers.restartPolicy
          containers.env.name containers.env.value containers.env.valueFrom.fieldRef
          containers.env.valueFrom.resourceFieldRef
          containers.ports.name containers.ports.containerPort containers.ports.protocol
          containers.resources.limits containers.resources.requests
          containers.volumeMounts.name containers.volumeMounts.mountPath
          containers.volumeMounts.readOnly containers.volumeMounts.subPath
          containers.terminationMessagePath containers.terminationMessagePolicy
          containers.securityContext.runAsUser containers.securityContext.runAsGroup
          containers.securityContext.runAsNonRoot
          containers.securityContext.readOnlyRootFilesystem
          containers.securityContext.capabilities.drop
          securityContext.runAsUser securityContext.runAsGroup securityContext.runAsNonRoot
          securityContext.fsGroup securityContext.fsGroupChangePolicy
          volumes.name volumes.emptyDir volumes.downwardAPI
          """);

  /// Values of other fields that take rights away, or that every pod has.
  static final Map<String, Object> HARMLESS =
      Map.of(
          "hostNetwork",
          false,
          "hostPID",
          false,
          "hostIPC",
          false,
          "hostUsers",
          false,
          "containers.securityContext.privileged",
          false,
          "containers.securityContext.allowPrivilegeEscalation",
          false,
          "containers.securityContext.seccompProfile.type",
          "RuntimeDefault",
          "securityContext.seccompProfile.type",
          "RuntimeDefault");

  private PodFields() {}

  private static Set<String> words(String text) {
    return Set.copyOf(Arrays.asList(text.strip().split("\\s+", -1)));
  }
}
