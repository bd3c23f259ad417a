package dev.sexton.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import dev.sexton.cluster.DocumentedRoles;
import dev.sexton.testkit.HomeTestBase;
import dev.sexton.testkit.RealCluster;
import dev.sexton.testkit.SextonCommand;
import dev.sexton.testkit.StandInNode;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests that an agent's pods are sessions like any other, in a real API server. Their commands are
/// processes of this machine, behind a node that only tests have. The MCP server has no other
/// rights than the documented roles give it.
@Gate("needs a real API server")
@Timeout(180)
class PodSessionsTest extends HomeTestBase {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String CORE = "/api/v1/namespaces/sessions";
  private static final String PODS = CORE + "/pods";

  @TempDir private static Path data;
  private static final Processes CLUSTER = new Processes();
  private static RealCluster cluster;
  private static StandInNode node;

  private String canary;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = RealCluster.start(CLUSTER, data);
    cluster.create("/api/v1/namespaces", "{\"metadata\":{\"name\":\"sessions\"}}");
    DocumentedRoles.create(cluster, Map.of("sexton-server", "sexton", "sexton-output", "sexton"));
    node = StandInNode.start(cluster, CLUSTER, "sessions", data);
  }

  @AfterAll
  static void stopCluster() {
    if (node != null) {
      node.close();
    }
    CLUSTER.close();
  }

  @BeforeEach
  void setUp() throws Exception {
    Files.createDirectory(home.resolve(".kube"));
    Files.writeString(home.resolve(".kube/config"), cluster.kubeconfig(RealCluster.USER));
    canary =
        RealCluster.uid(
            cluster.create(
                PODS,
                "{\"metadata\":{\"generateName\":\"canary-\",\"labels\":{\"mcp-server-instance\":"
                    + "\"00000000-0000-4000-8000-000000000000\"}},"
                    + "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"x\"}]}}"));
  }

  @AfterEach
  void nobodyElseWasTouched() throws IOException {
    assertThat(cluster.uids(PODS)).contains(canary);
    cluster.delete(PODS + "/" + name(canary));
  }

  private static String name(String uid) throws IOException {
    return cluster.get(PODS).getAsJsonArray("items").asList().stream()
        .map(one -> one.getAsJsonObject())
        .filter(one -> RealCluster.uid(one).equals(uid))
        .map(one -> one.getAsJsonObject("metadata").get("name").getAsString())
        .findAny()
        .orElseThrow();
  }

  private DirectClient client(String... options) throws IOException {
    return new DirectClient(processes, home, Map.of("SEXTON_KUBERNETES", "real/sessions"), options);
  }

  private static Map<String, Object> pod(String name, String script) {
    Map<String, Object> container =
        Map.of("name", "main", "image", "x", "command", List.of("sh", "-c", script));
    return Map.of("name", name, "pod", Map.of("spec", Map.of("containers", List.of(container))));
  }

  private static Map<String, Object> with(Map<String, Object> arguments, String key, Object value) {
    Map<String, Object> more = new HashMap<>(arguments);
    more.put(key, value);
    return more;
  }

  private static List<String> ours() throws IOException {
    return cluster.uids(PODS + "?labelSelector=mcp-server-instance").stream()
        .filter(uid -> {
          try {
            return !name(uid).startsWith("canary-");
          } catch (IOException gone) {
            return false;
          }
        })
        .toList();
  }

  private static String stdout(DirectClient client, String name) throws IOException {
    return client
        .call("session_output", Map.of("name", name))
        .getAsJsonObject("stdout")
        .get("text")
        .getAsString();
  }

  @Test
  void aPodIsASessionUntilItEnds() throws Exception {
    DirectClient client = client("--namespaces", "real/sessions");
    JsonObject started =
        client.call(
            "session_start",
            with(
                pod("web", "echo up; while [ ! -e " + home + "/end ]; do sleep 0.1; done; exit 7"),
                "ready",
                Map.of("line", "up")));
    assertThat(started.get("kind").getAsString()).isEqualTo("pod");
    assertThat(started.get("state").getAsString()).isEqualTo("running");
    assertThat(started.get("pod").getAsString()).startsWith("real/sessions/web-");
    assertThat(ours()).hasSize(1);
    assertThat(client.call("session_info", Map.of("name", "web")).toString())
        .contains("\"kind\":\"pod\"");

    Files.createFile(home.resolve("end"));
    JsonObject ended = client.call("session_wait", Map.of("name", "web"));

    assertThat(ended.get("ended").getAsBoolean()).isTrue();
    assertThat(ended.get("state").getAsString()).isEqualTo("exited");
    assertThat(ended.get("exit_code").getAsInt()).isEqualTo(7);
    assertThat(ended.get("detail").getAsString()).isEqualTo("Error");
    assertThat(stdout(client, "web")).isEqualTo("up\n");
    assertThat(ours()).isEmpty();
    assertThat(cluster.uids(CORE + "/configmaps?labelSelector=mcp-server-instance")).isEmpty();
  }

  @Test
  void aPodIsStoppedAndTheOutputContinuesOverABrokenConnection() throws Exception {
    DirectClient client = client("--namespaces", "real/sessions");
    client.call(
        "session_start",
        with(
            pod(
                "a",
                "echo one; while [ ! -e "
                    + home
                    + "/go ]; do sleep 0.1; done; echo two;"
                    + " exec sleep 600"),
            "ready",
            Map.of("line", "one")));
    await().atMost(LIMIT).until(() -> node.breakConnections() > 0);
    Files.createFile(home.resolve("go"));
    await().atMost(LIMIT).until(() -> stdout(client, "a").equals("one\ntwo\n"));

    JsonObject stopped = client.call("session_stop", Map.of("name", "a"));

    assertThat(stopped.get("clean").getAsBoolean()).isTrue();
    assertThat(stopped.get("state").getAsString()).isEqualTo("stopped");
    assertThat(ours()).isEmpty();
  }

  @Test
  void aJobIsASessionToo() throws Exception {
    DirectClient client = client("--namespaces", "real/sessions");
    Map<String, Object> pod = Map.of("template", pod("x", "echo try; exit 3").get("pod"));
    Map<String, Object> spec = new HashMap<>(pod);
    spec.put("backoffLimit", 1);
    JsonObject started =
        client.call("session_start", Map.of("name", "j", "pod", Map.of("spec", spec)));
    assertThat(started.get("kind").getAsString()).isEqualTo("job");

    JsonObject ended = client.call("session_wait", Map.of("name", "j"));

    assertThat(ended.get("exit_code").getAsInt()).isEqualTo(3);
    assertThat(ended.get("detail").getAsString()).startsWith("BackoffLimitExceeded");
    assertThat(stdout(client, "j")).isEqualTo("try\ntry\n");
    assertThat(ours()).isEmpty();
  }

  /// The watcher does it. A sweep afterwards finds nothing more.
  @Test
  void thePodsOfAKilledServerAreDeleted() throws Exception {
    DirectClient client = client("--namespaces", "real/sessions");
    client.call("session_start", pod("a", "exec sleep 600"));
    client.call("session_start", pod("b", "exec sleep 600"));
    assertThat(ours()).hasSize(2);

    client.process().destroyForcibly().onExit().join();

    await().atMost(LIMIT).until(() -> ours().isEmpty());
    SextonCommand sweep =
        SextonCommand.start(
            processes,
            home,
            List.of(),
            Map.of("SEXTON_KUBERNETES", "real/sessions"),
            "sweep",
            "--state-dir",
            client.state().toString());
    assertThat(Processes.awaitExit(sweep.process(), "sexton sweep")).isZero();
    assertThat(ours()).isEmpty();
    assertThat(cluster.uids(CORE + "/configmaps?labelSelector=mcp-server-instance")).isEmpty();
  }

  @Test
  void aPodThatSomebodyElseDeletesHasEnded() throws Exception {
    DirectClient client = client("--namespaces", "real/sessions");
    JsonObject started = client.call("session_start", pod("a", "exec sleep 600"));
    String pod = started.get("pod").getAsString();
    cluster.delete(PODS + pod.substring(pod.lastIndexOf('/')));

    JsonObject ended = client.call("session_wait", Map.of("name", "a"));

    assertThat(ended.get("state").getAsString()).isEqualTo("exited");
    assertThat(ended.get("exit_code").isJsonNull()).isTrue();
    assertThat(ended.get("detail").getAsString()).startsWith("Deleted");
  }

  @Test
  void aPodThatCannotStartIsDeletedAgain() throws Exception {
    DirectClient client = client("--namespaces", "real/sessions");
    Map<String, Object> container = Map.of("name", "main", "image", "missing");
    assertThat(
            client.refusal(
                "session_start",
                Map.of(
                    "name", "a", "pod", Map.of("spec", Map.of("containers", List.of(container))))))
        .contains("ImagePullBackOff: no such image");
    assertThat(ours()).isEmpty();
  }

  @Test
  void everyRefusalSaysWhichLimitItWas() throws Exception {
    Map<String, Object> pod = pod("a", "exec sleep 600");
    Path limits =
        Files.writeString(
            home.resolve("limits.json"),
            "{\"namespaces\": [\"real/sessions\", \"real/other\"], \"images\": [\"x\"],"
                + " \"pod_resources\": [\"memory=1Gi\"]}");
    DirectClient client = client("--limits", limits.toString());
    assertThat(client.refusal("session_start", pod))
        .contains("main has no valid limit for memory", "limit pod_resources");
    assertThat(client.refusal("session_start", with(pod, "namespace", "real/kube-system")))
        .contains("real/kube-system", "limit namespaces");
    assertThat(client.refusal("session_start", with(pod, "command", "sh")))
        .contains("command is not for pods");
    assertThat(client.refusal("session_start", with(pod, "ready", Map.of("port", 80))))
        .contains("ready has a port");
    Map<String, Object> container =
        Map.of(
            "name", "main", "image", "x", "resources", Map.of("limits", Map.of("memory", "1Gi")));
    Map<String, Object> small =
        Map.of("name", "a", "pod", Map.of("spec", Map.of("containers", List.of(container))));
    assertThat(client.refusal("session_start", with(small, "namespace", "real/other")))
        .contains("real/other is not in SEXTON_KUBERNETES");
    assertThat(ours()).isEmpty();
    assertThat(client.call("session_start", small).get("state").getAsString()).isEqualTo("running");
    client.call("session_stop", Map.of("name", "a"));
    assertThat(ours()).isEmpty();
  }

  @Test
  void noPodIsAllowedByDefault() throws Exception {
    DirectClient client = client();
    assertThat(client.refusal("session_start", pod("a", "exec sleep 600")))
        .contains("limit namespaces");
    assertThat(ours()).isEmpty();
  }

  @Test
  void withoutTheVariableNoClusterIsAsked() throws Exception {
    DirectClient client =
        new DirectClient(processes, home, Map.of(), "--namespaces", "real/sessions");
    assertThat(client.refusal("session_start", pod("a", "exec sleep 600")))
        .contains("SEXTON_KUBERNETES=real/sessions");
    assertThat(ours()).isEmpty();

    String classes =
        Commands.run(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(client.process().pid()),
                "VM.class_hierarchy"));
    assertThat(classes)
        .contains("dev.sexton.mcp.session.PodLauncher")
        .doesNotContain("dev.sexton.kubernetes.internal", "dev.sexton.kubernetes.Cluster");
  }
}
