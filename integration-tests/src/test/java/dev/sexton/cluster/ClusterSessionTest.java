package dev.sexton.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.InstanceTracker;
import dev.sexton.kubernetes.ClusterNamespace;
import dev.sexton.kubernetes.ClusterSession;
import dev.sexton.kubernetes.ClusterState;
import dev.sexton.kubernetes.ClusterState.Phase;
import dev.sexton.testkit.RealCluster;
import dev.sexton.testkit.StandInNode;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Processes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Runs pods and jobs through the library in a real API server. Their commands are processes of
/// this machine, behind a node that only tests have. The library has no other rights than the
/// documented roles give it.
@Gate("needs a real API server")
@Timeout(180)
class ClusterSessionTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String PODS = "/api/v1/namespaces/sessions/pods";
  private static final String JOBS = "/apis/batch/v1/namespaces/sessions/jobs";

  @TempDir private static Path data;
  private static final Processes CLUSTER = new Processes();
  private static RealCluster cluster;
  private static StandInNode node;

  @TempDir private Path home;
  private InstanceTracker instance;
  private ClusterNamespace namespace;
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
    Path config = Files.writeString(home.resolve("config"), cluster.kubeconfig(RealCluster.USER));
    Map<String, String> environment =
        Map.of(
            "SEXTON_KUBERNETES", "real/sessions",
            "KUBECONFIG", config.toString(),
            "HOME", home.toString());
    namespace = ClusterNamespace.open("real/sessions", environment);
    instance =
        InstanceTracker.builder()
            .application("test")
            .stateDirectory(home.resolve("state"))
            .sweepOnRegister(false)
            .closeOnShutdown(false)
            .register();
    canary =
        RealCluster.uid(
            cluster.create(
                PODS,
                "{\"metadata\":{\"generateName\":\"canary-\"},"
                    + "\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"x\"}]}}"));
  }

  @AfterEach
  void nobodyElseWasTouched() throws IOException {
    instance.close(Duration.ofSeconds(1));
    assertThat(cluster.uids(PODS)).contains(canary);
  }

  private static String pod(String script) {
    return """
    {"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"s-"},"spec":\
    {"restartPolicy":"Never","containers":[{"name":"main","image":"x",\
    "command":["sh","-c","%s"]}]}}\
    """
        .formatted(script);
  }

  private static String job(String script, int retries) {
    return """
    {"apiVersion":"batch/v1","kind":"Job","metadata":{"generateName":"j-"},"spec":\
    {"backoffLimit":%d,"template":%s}}\
    """
        .formatted(retries, pod(script).replaceFirst("\"apiVersion.*?\"metadata\":.*?},", ""));
  }

  /// Follows on a thread of its own, because the common pool may have only one.
  private static CompletableFuture<String> begin(ClusterSession session) {
    return CompletableFuture.supplyAsync(
        () -> follow(session), task -> Thread.ofVirtual().start(task));
  }

  private static String follow(ClusterSession session) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try {
      session.follow(output);
    } catch (IOException failed) {
      throw new AssertionError(output.toString(UTF_8), failed);
    }
    return output.toString(UTF_8);
  }

  @Test
  void aPodRunsToItsEnd() throws Exception {
    try (ClusterSession session =
        namespace.start(instance, pod("echo one; sleep 1; echo two; exit 7"))) {
      assertThat(follow(session)).isEqualTo("one\ntwo\n");
      ClusterState end = session.await();
      assertThat(end.exitCode()).isEqualTo(7);
      assertThat(end.reason()).isEqualTo("Error");

      session.stop(Duration.ofSeconds(1));
      assertThat(cluster.uids(PODS)).doesNotContain(session.object().uid());
      assertThat(session.state().reason()).isEqualTo(ClusterState.DELETED);
    }
  }

  @Test
  void noLineIsLostOrRepeatedWhenConnectionsBreak() throws Exception {
    String script = "i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i; sleep 0.05; done";
    try (ClusterSession session = namespace.start(instance, pod(script))) {
      CompletableFuture<String> output = begin(session);
      for (int i = 0; i < 3; i++) {
        await().atMost(LIMIT).until(() -> node.breakConnections() > 0 || output.isDone());
      }
      assertThat(output.join())
          .isEqualTo(
              IntStream.rangeClosed(1, 100)
                  .mapToObj(i -> "line " + i + "\n")
                  .collect(Collectors.joining()));
      assertThat(session.await().exitCode()).isZero();
    }
  }

  @Test
  void aRunningPodIsStoppedAndWhatWaitsForItEnds() throws Exception {
    try (ClusterSession session = namespace.start(instance, pod("echo up; exec sleep 600"))) {
      CompletableFuture<String> output = begin(session);
      await().atMost(LIMIT).until(() -> session.state().phase() == Phase.RUNNING);

      session.stop(Duration.ofSeconds(1));

      assertThat(cluster.uids(PODS)).doesNotContain(session.object().uid());
      assertThat(session.await().reason()).isEqualTo(ClusterState.DELETED);
      assertThat(output.join()).isIn("up\n", "");
      session.stop(Duration.ofSeconds(1)); // Does nothing.
    }
  }

  @Test
  void anotherPodOfTheSameNameIsLeftAlone() throws Exception {
    ClusterSession session = namespace.start(instance, pod("exec sleep 600"));
    String path = PODS + "/" + session.object().name();
    cluster.delete(path);
    await().atMost(LIMIT).until(() -> session.state().hasEnded());
    String other =
        RealCluster.uid(
            cluster.create(
                PODS,
                "{\"metadata\":{\"name\":\""
                    + session.object().name()
                    + "\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"x\"}]}}"));

    session.stop(Duration.ofSeconds(1));

    assertThat(session.state().reason()).isEqualTo(ClusterState.DELETED);
    assertThat(cluster.uids(PODS)).contains(other);
    session.close();
  }

  @Test
  void aJobRunsToItsEnd() throws Exception {
    try (ClusterSession session = namespace.start(instance, job("echo done", 0))) {
      assertThat(follow(session)).isEqualTo("done\n");
      assertThat(session.await().exitCode()).isZero();
      session.stop(Duration.ofSeconds(1));
      assertThat(cluster.uids(JOBS)).doesNotContain(session.object().uid());
    }
  }

  @Test
  void aJobThatFailsHasTheOutputOfAllItsPodsAndTheLastExitCode() throws Exception {
    try (ClusterSession session = namespace.start(instance, job("echo try; exit 3", 1))) {
      assertThat(follow(session)).isEqualTo("try\ntry\n");
      ClusterState end = session.await();
      assertThat(end.exitCode()).isEqualTo(3);
      assertThat(end.reason()).isEqualTo("BackoffLimitExceeded");
    }
  }

  @Test
  void aPodThatCannotStartSaysWhy() throws Exception {
    String template = pod("true").replace("\"image\":\"x\"", "\"image\":\"missing\"");
    try (ClusterSession session = namespace.start(instance, template)) {
      await().atMost(LIMIT).until(() -> session.state().reason().equals("ImagePullBackOff"));
      assertThat(session.state().phase()).isEqualTo(Phase.WAITING);
      assertThat(session.state().message()).isEqualTo("no such image");
      session.stop(Duration.ofSeconds(1));
      assertThat(List.copyOf(cluster.uids(PODS))).doesNotContain(session.object().uid());
    }
  }
}
