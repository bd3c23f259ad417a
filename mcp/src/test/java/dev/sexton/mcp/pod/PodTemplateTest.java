package dev.sexton.mcp.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.mcp.AllowList;
import dev.sexton.mcp.PodLimits;
import dev.sexton.mcp.Quantity;
import dev.sexton.mcp.RefusalException;
import io.modelcontextprotocol.json.McpJsonDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests what a client may and may not have in a pod.
class PodTemplateTest {
  private static final AllowList BUSYBOX =
      new AllowList(null, null, List.of("busybox"), null, List.of());

  /// A pod with further fields of its description, and of its container.
  private static final String POD =
      "{\"spec\":{%s\"containers\":[{%s\"name\":\"main\",\"image\":\"busybox\"}]}}";

  private static PodLimits limits(
      List<String> accounts, Map<String, String> resources, Set<String> fields) {
    return new PodLimits(
        List.of("dev/sessions"),
        accounts,
        resources.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    one -> Objects.requireNonNull(Quantity.parse(one.getValue())))),
        fields);
  }

  private static final PodLimits STRICT = limits(List.of(), Map.of(), Set.of());

  private static Map<?, ?> parse(String json) {
    try {
      return (Map<?, ?>) McpJsonDefaults.getMapper().readValue(json, Object.class);
    } catch (IOException invalid) {
      throw new AssertionError(json, invalid);
    }
  }

  private static PodTemplate check(String json, PodLimits limits) throws RefusalException {
    return PodTemplate.of(parse(json), "Web_1", limits, BUSYBOX, Duration.ofSeconds(9));
  }

  private static void refused(String json, PodLimits limits, String... words) {
    assertThatThrownBy(() -> check(json, limits))
        .as(json)
        .isInstanceOf(RefusalException.class)
        .satisfies(refusal -> assertThat(refusal.getMessage()).contains(words).contains(": "));
  }

  @Test
  void aPodGetsWhatASessionNeeds() throws Exception {
    PodTemplate template = check(POD.formatted("", ""), STRICT);

    assertThat(template.kind()).isEqualTo("Pod");
    assertThat(template.image()).isEqualTo("busybox");
    assertThat(parse(template.json()))
        .isEqualTo(
            parse(
                """
                {"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"web-1-"},
                 "spec":{"restartPolicy":"Never","automountServiceAccountToken":false,
                  "terminationGracePeriodSeconds":9,
                  "containers":[{"name":"main","image":"busybox",
                   "securityContext":{"allowPrivilegeEscalation":false}}]}}
                """));
  }

  @Test
  void aJobGetsTheSame() throws Exception {
    String pod =
        POD.formatted("\"restartPolicy\":\"OnFailure\",", "").replaceFirst("^\\{", "").trim();
    String job = "{\"spec\":{\"backoffLimit\":2,\"template\":{" + pod + "}}";
    PodTemplate template = check(job, STRICT);

    assertThat(template.kind()).isEqualTo("Job");
    assertThat(template.json())
        .contains("\"apiVersion\":\"batch/v1\"")
        .contains("\"restartPolicy\":\"OnFailure\"")
        .contains("\"automountServiceAccountToken\":false")
        .contains("\"generateName\":\"web-1-\"");
    refused(job.replace("backoffLimit", "suspend"), STRICT, "job.suspend", "pod_fields");
    refused(
        job.replace(
            "\"spec\":{\"rest", "\"metadata\":{\"labels\":{\"app\":\"db\"}},\"spec\":{\"rest"),
        STRICT,
        "metadata.labels");
    refused(job.replace("\"template\":{", "\"template\":{\"x\":1,"), STRICT, "job.template.x");
  }

  /// The path that is refused, and a pod that has it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hostNetwork | \"hostNetwork\":true, | ",
        "hostPID | \"hostPID\":true, | ",
        "hostIPC | \"hostIPC\":true, | ",
        "hostUsers | \"hostUsers\":true, | ",
        "hostNetwork | \"hostNetwork\":\"true\", | ",
        "HostNetwork | \"HostNetwork\":true, | ",
        "terminationGracePeriodSeconds | \"terminationGracePeriodSeconds\":99999, | ",
        "nodeName | \"nodeName\":\"control-plane\", | ",
        "tolerations | \"tolerations\":[{\"operator\":\"Exists\"}], | ",
        "priorityClassName | \"priorityClassName\":\"system-node-critical\", | ",
        "runtimeClassName | \"runtimeClassName\":\"x\", | ",
        "serviceAccount | \"serviceAccount\":\"admin\", | ",
        "imagePullSecrets | \"imagePullSecrets\":[{\"name\":\"x\"}], | ",
        "ephemeralContainers | \"ephemeralContainers\":[{\"name\":\"x\",\"image\":\"evil\"}], | ",
        "resourceClaims | \"resourceClaims\":[{\"name\":\"gpu\"}], | ",
        "aFieldOfTheFuture | \"aFieldOfTheFuture\":false, | ",
        "volumes.hostPath | \"volumes\":[{\"name\":\"v\",\"hostPath\":{\"path\":\"/\"}}], | ",
        "volumes.secret | \"volumes\":[{\"name\":\"v\",\"secret\":{\"secretName\":\"s\"}}], | ",
        "volumes.configMap | \"volumes\":[{\"name\":\"v\",\"configMap\":{\"name\":\"s\"}}], | ",
        "volumes.projected | \"volumes\":[{\"name\":\"v\",\"projected\":{\"sources\":[]}}], | ",
        "volumes.persistentVolumeClaim | \"volumes\":[{\"name\":\"v\","
            + "\"persistentVolumeClaim\":{\"claimName\":\"c\"}}], | ",
        "volumes.nfs | \"volumes\":[{\"name\":\"v\",\"nfs\":{\"server\":\"s\"}}], | ",
        "volumes.csi | \"volumes\":[{\"name\":\"v\",\"csi\":{\"driver\":\"s\"}}], | ",
        "volumes | \"volumes\":[[{\"name\":\"v\"}]], | ",
        "securityContext.sysctls | \"securityContext\":{\"sysctls\":[{\"name\":\"x\"}]}, | ",
        "securityContext.seccompProfile.type | "
            + "\"securityContext\":{\"seccompProfile\":{\"type\":\"Unconfined\"}}, | ",
        "containers.securityContext.privileged | | \"securityContext\":{\"privileged\":true},",
        "containers.securityContext.allowPrivilegeEscalation | | "
            + "\"securityContext\":{\"allowPrivilegeEscalation\":true},",
        "containers.securityContext.capabilities.add | | "
            + "\"securityContext\":{\"capabilities\":{\"add\":[\"SYS_ADMIN\"]}},",
        "containers.securityContext.procMount | | \"securityContext\":{\"procMount\":\"Unmasked\"},",
        "containers.securityContext.seLinuxOptions | | "
            + "\"securityContext\":{\"seLinuxOptions\":{\"type\":\"x\"}},",
        "containers.ports.hostPort | | \"ports\":[{\"containerPort\":1,\"hostPort\":22}],",
        "containers.envFrom | | \"envFrom\":[{\"secretRef\":{\"name\":\"s\"}}],",
        "containers.env.valueFrom.secretKeyRef | | "
            + "\"env\":[{\"name\":\"X\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"s\"}}}],",
        "containers.volumeDevices | | \"volumeDevices\":[{\"name\":\"v\"}],",
        "containers.volumeMounts.mountPropagation | | "
            + "\"volumeMounts\":[{\"name\":\"v\",\"mountPropagation\":\"Bidirectional\"}],",
        "containers.lifecycle | | \"lifecycle\":{\"preStop\":{\"httpGet\":{\"host\":\"h\"}}},",
        "containers.livenessProbe | | \"livenessProbe\":{\"httpGet\":{\"host\":\"h\"}},",
      })
  void aFieldThatIsNotAllowedIsNamed(String path, String pod, String container)
      throws RefusalException {
    String json =
        POD.formatted(
            Objects.requireNonNullElse(pod, ""), Objects.requireNonNullElse(container, ""));
    refused(json, STRICT, " " + path + ",", "limit pod_fields", "--pod-fields");
    if (!path.equals("volumes") && !path.equals("ephemeralContainers")) {
      PodTemplate allowed = check(json, limits(List.of(), Map.of(), Set.of(path)));
      assertThat(allowed.json()).contains(path.substring(path.lastIndexOf('.') + 1));
    }
    refused(
        json.replace(
            "\"containers\"",
            "\"containers\":[{\"name\":\"a\",\"image\":\"busybox\"}]," + "\"initContainers\""),
        STRICT,
        " " + path + ",");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"hostNetwork\":false,\"hostPID\":false,\"hostUsers\":false, | ",
        "\"volumes\":[{\"name\":\"v\",\"emptyDir\":{\"sizeLimit\":\"1Gi\"}}], | "
            + "\"volumeMounts\":[{\"name\":\"v\",\"mountPath\":\"/v\"}],",
        "\"securityContext\":{\"runAsNonRoot\":true,\"runAsUser\":1000,"
            + "\"seccompProfile\":{\"type\":\"RuntimeDefault\"}}, | "
            + "\"securityContext\":{\"allowPrivilegeEscalation\":false,\"privileged\":false,"
            + "\"capabilities\":{\"drop\":[\"ALL\"]}},",
        "\"volumes\":null,\"hostNetwork\":null, | \"command\":[\"sh\"],\"args\":[\"-c\",\"x\"],"
            + "\"env\":[{\"name\":\"A\",\"value\":\"b\"}],\"workingDir\":\"/\",",
      })
  void anOrdinaryPodIsAllowed(String pod, String container) throws RefusalException {
    assertThat(
            check(
                    POD.formatted(
                        Objects.requireNonNullElse(pod, ""),
                        Objects.requireNonNullElse(container, "")),
                    STRICT)
                .kind())
        .isEqualTo("Pod");
  }

  @Test
  void everyImageMustBeAllowed() {
    refused(POD.formatted("", "").replace("busybox", "evil"), STRICT, "evil", "limit images");
    refused(
        POD.formatted("\"initContainers\":[{\"name\":\"i\",\"image\":\"evil\"}],", ""),
        STRICT,
        "evil",
        "limit images");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"spec\":[]}",
        "{\"spec\":{\"containers\":[]}}",
        "{\"spec\":{\"containers\":{\"name\":\"a\",\"image\":\"busybox\"}}}",
        "{\"spec\":{\"containers\":[1]}}",
        "{\"spec\":{\"containers\":[{\"name\":\"a\"}]}}",
        "{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":1}]}}",
        "{\"kind\":\"Deployment\",\"spec\":{\"template\":{}}}",
        "{\"kind\":\"Pod\",\"apiVersion\":\"batch/v1\",\"spec\":{}}",
        "{\"kind\":\"Job\",\"spec\":{\"parallelism\":1.5,\"template\":{}}}",
        "{\"kind\":\"Job\",\"spec\":{\"template\":1}}",
        "{\"metadata\":1,\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"busybox\"}]}}",
        "{\"metadata\":{\"ownerReferences\":[]},"
            + "\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"busybox\"}]}}",
        "{\"metadata\":{\"annotations\":{\"a\":\"b\"}},"
            + "\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"busybox\"}]}}",
        "{\"status\":{},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"busybox\"}]}}",
      })
  void whatIsNoPodIsRefused(String json) {
    refused(json, STRICT, "the ");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "            | ''                                      | false",
        "            | `\"serviceAccountName\":\"default\",`  | refused",
        "            | `\"automountServiceAccountToken\":true,` | refused",
        "            | `\"serviceAccountName\":\"builder\",`  | refused",
        "builder     | `\"serviceAccountName\":\"builder\",`  | kept",
        "builder     | `\"serviceAccountName\":\"admin\",`    | refused",
        "builder     | ``                                      | false",
        "default     | ``                                      | kept",
      })
  void aPodHasATokenOnlyOfAnAllowedAccount(String allowed, String pod, String result)
      throws RefusalException {
    PodLimits limits = limits(allowed == null ? List.of() : List.of(allowed), Map.of(), Set.of());
    String json = POD.formatted(Objects.requireNonNullElse(pod, "").replace("''", ""), "");
    if (result.equals("refused")) {
      refused(json, limits, "limit service_accounts", "--service-accounts");
    } else {
      assertThat(check(json, limits).json().contains("\"automountServiceAccountToken\":false"))
          .isEqualTo(result.equals("false"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "memory, 1Gi, 1Gi, true",
    "memory, 1Gi, 1024Mi, true",
    "memory, 1Gi, 1025Mi, false",
    "memory, 1G, 1Gi, false",
    "cpu, 1, 1000m, true",
    "cpu, 1, 1001m, false",
    "cpu, 1, 1e3, false",
    "cpu, 1, -1, false",
    "cpu, 1, much, false",
    "cpu, 1, , false",
    "example.org/gpu, 1, 1, true",
    "example.org/gpu, 1, 2, false",
    "example.org/gpu, 1, , true",
  })
  void aContainerMayUseNoMore(String resource, String limit, String wanted, boolean permitted)
      throws RefusalException {
    String resources =
        wanted == null
            ? ""
            : "\"resources\":{\"limits\":{\"" + resource + "\":\"" + wanted + "\"}},";
    PodLimits limits = limits(List.of(), Map.of(resource, limit), Set.of());
    if (permitted) {
      assertThat(check(POD.formatted("", resources), limits).kind()).isEqualTo("Pod");
    } else {
      refused(POD.formatted("", resources), limits, resource, "limit pod_resources");
    }
  }

  @Test
  void containersAndParallelPodsAreAddedUp() throws RefusalException {
    PodLimits limits = limits(List.of(), Map.of("cpu", "2"), Set.of());
    String one = "{\"name\":\"%s\",\"image\":\"busybox\",\"resources\":{\"limits\":{\"cpu\":1}}}";
    String two =
        "{\"spec\":{\"initContainers\":["
            + one.formatted("i")
            + "],\"containers\":["
            + one.formatted("a")
            + "]}}";
    assertThat(check(two, limits).kind()).isEqualTo("Pod");
    String job = "{\"spec\":{\"parallelism\":%s,\"template\":" + two + "}}";
    assertThat(check(job.formatted("1"), limits).kind()).isEqualTo("Job");
    refused(job.formatted("2"), limits, "limit pod_resources");
    refused(
        POD.formatted("", "\"resources\":{\"requests\":{\"example.org/gpu\":1}},"),
        STRICT,
        "example.org/gpu");
  }

  @Test
  void aNamespaceMustBeAllowed() throws RefusalException {
    assertThat(STRICT.requireNamespace(null)).isEqualTo("dev/sessions");
    assertThat(STRICT.requireNamespace("dev/sessions")).isEqualTo("dev/sessions");
    assertThatThrownBy(() -> STRICT.requireNamespace("dev/kube-system"))
        .hasMessageContaining("limit namespaces");
    assertThatThrownBy(() -> PodLimits.NONE.requireNamespace(null))
        .hasMessageContaining("--namespaces");
  }

  @Test
  void theDocumentListsTheFields() throws IOException {
    String text = Files.readString(Path.of("../docs/mcp.md"));
    String section = text.substring(text.indexOf("### Pods"), text.indexOf("## End of a session"));
    Set<String> documented =
        Pattern.compile("`([^`]+)`")
            .matcher(section.replaceAll("(?s)```.*?```", ""))
            .results()
            .map(word -> word.group(1))
            .collect(Collectors.toSet());
    assertThat(documented).containsAll(PodFields.SAFE).containsAll(PodFields.HARMLESS.keySet());
  }
}
