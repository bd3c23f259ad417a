package dev.sexton.cluster;

import static dev.sexton.testkit.Reports.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import dev.sexton.kubernetes.KubernetesProviderFactory;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.testkit.RealCluster;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.SextonCommand;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What a sweep must do with the objects of real servers in a real API server. Servers die by
/// SIGKILL. Results are read from the API server by another client. In every test there are also
/// objects that must not be touched. Server and sweep have no other rights than the roles in
/// `docs/kubernetes.md` give them.
@Gate("needs a real API server")
@Timeout(180)
class KubernetesSweepTest {
  private static final String NAMESPACE = "sessions";
  private static final String CORE = "/api/v1/namespaces/" + NAMESPACE;
  private static final String PODS = CORE + "/pods";
  private static final String PLACE = "real/" + NAMESPACE;

  private static final String POD =
      "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"%s\"},"
          + "\"spec\":{%s\"containers\":[{\"name\":\"c\",\"image\":\"x\"}]}}";

  /// One object of each kind but pods, by the path of its kind.
  private static final Map<String, String> OTHERS =
      Map.of(
          "/apis/batch/v1/namespaces/" + NAMESPACE + "/jobs",
          "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"name\":\"a\"},\"spec\":"
              + "{\"template\":{\"spec\":{\"restartPolicy\":\"Never\",\"containers\":"
              + "[{\"name\":\"c\",\"image\":\"x\"}]}}}}",
          CORE + "/services",
          "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"a\"},"
              + "\"spec\":{\"ports\":[{\"port\":80}]}}",
          "/apis/networking.k8s.io/v1/namespaces/" + NAMESPACE + "/networkpolicies",
          "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\","
              + "\"metadata\":{\"name\":\"a\"},\"spec\":{\"podSelector\":{}}}",
          CORE + "/persistentvolumeclaims",
          "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"a\"},"
              + "\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],"
              + "\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}}}",
          CORE + "/secrets",
          "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"generateName\":\"a-\"}}",
          CORE + "/configmaps",
          "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}");

  @TempDir private static Path data;
  private static final Processes CLUSTER = new Processes();
  private static RealCluster cluster;

  @TempDir private Path home;
  private final Processes processes = new Processes();
  private final String application = "sexton-test-" + UUID.randomUUID().toString().substring(0, 8);
  private final List<String> canaries = new ArrayList<>();
  private Server living;

  @BeforeAll
  static void startCluster() throws Exception {
    cluster = RealCluster.start(CLUSTER, data);
    cluster.create("/api/v1/namespaces", "{\"metadata\":{\"name\":\"sessions\"}}");
    DocumentedRoles.create(cluster, Map.of("sexton-server", "sexton", "sexton-viewer", "viewer"));
  }

  @AfterAll
  static void stopCluster() {
    CLUSTER.close();
  }

  @BeforeEach
  void setUp() throws Exception {
    Files.createDirectory(home.resolve(".kube"));
    use(cluster.kubeconfig(RealCluster.USER));
    living = server();
    canaries.add(create(living, "living-" + UUID.randomUUID(), ""));
    canaries.add(createByHand("plain-" + UUID.randomUUID(), "{}"));
    canaries.add(
        createByHand(
            "strangers-" + UUID.randomUUID(),
            "{\"" + label() + "\":\"" + UUID.randomUUID() + "\"}"));
  }

  @AfterEach
  void nobodyElseWasTouched() throws Exception {
    try {
      assertThat(cluster.uids(PODS)).containsAll(canaries);
      assertThat(living.self().isRunning()).isTrue();
    } finally {
      processes.close();
    }
  }

  private void use(String kubeconfig) throws IOException {
    Files.writeString(home.resolve(".kube/config"), kubeconfig);
  }

  private Server server() throws IOException {
    return Server.java(processes, home, application, Map.of("SEXTON_KUBERNETES", PLACE));
  }

  private String label() {
    return application + "-server-instance";
  }

  /// Creates a pod through the library, and returns its UID.
  private static String create(Server server, String name, String spec) throws IOException {
    return server.ask("create", PLACE, POD.formatted(name, spec))[1];
  }

  private static String createByHand(String name, String labels) throws IOException {
    return RealCluster.uid(
        cluster.create(
            PODS,
            POD.formatted(name, "")
                .replace("\"metadata\":{", "\"metadata\":{\"labels\":" + labels + ",")));
  }

  private Map<String, String> environment(String place) {
    Map<String, String> environment = new HashMap<>(Server.environment(home));
    environment.put("SEXTON_KUBERNETES", place);
    return environment;
  }

  private SweepReport sweep(String place) {
    return Sweeper.builder()
        .application(application)
        .environment(environment(place))
        .grace(Duration.ofSeconds(1))
        .build()
        .sweep();
  }

  @Test
  void everyKindOfObjectOfADeadServerGoesAndNoOther() throws Exception {
    Server server = server();
    Map<String, List<String>> before = new HashMap<>(Map.of(PODS, cluster.uids(PODS)));
    for (String path : OTHERS.keySet()) {
      before.put(path, cluster.uids(path));
    }
    for (int i = 0; i < 5; i++) {
      create(server, "session-" + i, "");
    }
    for (String manifest : OTHERS.values()) {
      server.ask("create", PLACE, manifest);
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> !cluster.uids(PODS + "?labelSelector=job-name=a").isEmpty());
    server.kill();

    InstanceReport dead = only(sweep(PLACE), server.instanceId());

    assertThat(dead.record()).as(dead.toString()).isEqualTo(RecordFate.REMOVED);
    assertThat(dead.resources())
        .extracting(ResourceReport::outcome)
        .isSubsetOf(Outcome.STOPPED, Outcome.KILLED);
    for (String path : before.keySet()) {
      assertThat(cluster.uids(path)).as(path).containsExactlyInAnyOrderElementsOf(before.get(path));
    }
    assertThat(server.record()).doesNotExist();
  }

  @Test
  void aServerThatClosesDeletesItsObjects() throws Exception {
    Server server = server();
    String pod = create(server, "closed", "");
    String maps = CORE + "/configmaps?labelSelector=" + label() + "=" + server.instanceId();
    assertThat(cluster.uids(maps)).hasSize(1);

    server.ask("close");

    assertThat(cluster.uids(PODS)).doesNotContain(pod);
    assertThat(cluster.uids(maps)).isEmpty();
    assertThat(server.record()).doesNotExist();
  }

  @Test
  void anotherPodOfTheSameNameIsLeftAlone() throws Exception {
    Server server = server();
    create(server, "reused", "");
    server.kill();
    Map<String, String> environment = environment(PLACE);
    try (ResourceProvider provider =
        new KubernetesProviderFactory().discover(environment).getFirst()) {
      List<LabelledResource> found =
          provider.find(Set.of(label())).stream()
              .filter(one -> one.name().equals(NAMESPACE + "/reused"))
              .toList();
      assertThat(found).hasSize(1);
      cluster.delete(PODS + "/reused");
      canaries.add(createByHand("reused", "{\"" + label() + "\":\"" + living.instanceId() + "\"}"));

      assertThat(provider.stop(found.getFirst(), Duration.ofSeconds(1))).isEqualTo(Outcome.GONE);
      provider.remove(found.getFirst());
    }
    assertThat(only(sweep(PLACE), server.instanceId()).record()).isEqualTo(RecordFate.REMOVED);
  }

  @Test
  void aPodWhoseNodeIsGoneStaysATombstone() throws Exception {
    Server server = server();
    String pod = create(server, "lost", "\"nodeName\":\"gone\",");
    server.kill();

    InstanceReport dead = only(sweep(PLACE), server.instanceId());
    assertThat(dead.record()).isEqualTo(RecordFate.KEPT);
    assertThat(dead.resources())
        .filteredOn(resource -> resource.outcome() == Outcome.FAILED)
        .singleElement()
        .satisfies(failed ->
            assertThat(failed.reason())
                .endsWith("the pod sessions/lost stays Terminating; is its node gone?"));
    assertThat(cluster.uids(PODS)).contains(pod);

    cluster.delete(PODS + "/lost"); // As an administrator does for a node that is gone.
    assertThat(only(sweep(PLACE), server.instanceId()).record()).isEqualTo(RecordFate.REMOVED);
  }

  @Test
  void whatAppearsAfterTheSweepIsCollectedByTheCluster() throws Exception {
    Server server = server();
    create(server, "early", "");
    String anchor =
        cluster
            .uids(CORE + "/configmaps?labelSelector=" + label() + "=" + server.instanceId())
            .getFirst();
    server.kill();
    assertThat(only(sweep(PLACE), server.instanceId()).record()).isEqualTo(RecordFate.REMOVED);

    JsonObject late =
        cluster.create(
            PODS,
            POD.formatted("late", "")
                .replace(
                    "\"metadata\":{",
                    "\"metadata\":{\"ownerReferences\":[{\"apiVersion\":\"v1\","
                        + "\"kind\":\"ConfigMap\",\"name\":\"sexton-"
                        + server.instanceId()
                        + "\",\"uid\":\""
                        + anchor
                        + "\"}],"));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> !cluster.uids(PODS).contains(RealCluster.uid(late)));
  }

  @Test
  void withoutTheVariableNothingIsAskedAndALaterSweepFindsItAll() throws Exception {
    Server server = server();
    String pod = create(server, "forgotten", "");
    server.kill();

    SweepReport without = sweep("");
    assertThat(only(without, server.instanceId()).liveness()).isEqualTo(Liveness.DEAD);
    assertThat(cluster.uids(PODS)).contains(pod);

    assertThat(sweep(PLACE).isClean()).isTrue();
    assertThat(cluster.uids(PODS)).doesNotContain(pod);
  }

  @Test
  void theSentinelOfAKilledServerDeletesItsPods() throws Exception {
    Server server =
        Server.java(
            processes, home, application, Map.of("SEXTON_KUBERNETES", PLACE, "TEST_SENTINEL", "1"));
    server.launch("session", "sleep", "1000");
    String pod = create(server, "watched", "");
    server.kill();
    await().atMost(Duration.ofMinutes(1)).until(() -> !cluster.uids(PODS).contains(pod));
    await().atMost(Duration.ofMinutes(1)).until(() -> !Files.exists(server.record()));
  }

  @Test
  void theViewersRoleIsEnoughToListAndTheCommandFindsTheModule() throws Exception {
    Server server = server();
    create(server, "shown", "");
    use(cluster.kubeconfig(RealCluster.VIEWER));
    SextonCommand list =
        SextonCommand.start(
            processes,
            home,
            List.of(),
            Map.of("SEXTON_KUBERNETES", PLACE),
            "list",
            "--json",
            "--app",
            application);
    assertThat(Processes.awaitExit(list.process(), "sexton list")).isZero();
    assertThat(list.out())
        .contains("\"kind\": \"pod\"", "\"sessions/shown\"", "\"kind\": \"config-map\"");
    use(cluster.kubeconfig(RealCluster.USER));
    server.kill();
    assertThat(sweep(PLACE).isClean()).isTrue();
  }

  /// Returns the certificate of an authority that the cluster does not have.
  private static String anotherAuthority() throws GeneralSecurityException {
    TrustManagerFactory known =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    known.init((KeyStore) null);
    X509TrustManager first = (X509TrustManager) known.getTrustManagers()[0];
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(first.getAcceptedIssuers()[0].getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  static Stream<Arguments> problems() {
    return Stream.of(
        Arguments.of(
            "wrong token", "real/sessions", "-token", "-no-token", "refuses the user \"me\""),
        Arguments.of(
            "wrong authority", "real/sessions", "apiserver.crt", "other.crt", "not issued by the"),
        Arguments.of(
            "unreachable",
            "real/sessions",
            ":\\d+\n  name",
            ":1\n  name",
            "is its API server running?"),
        Arguments.of(
            "no rights", "real/kube-system", "", "", "does not permit to list jobs (403): "),
        Arguments.of("no namespace", "real/sesions", "sexton-token", "admin-token", "no namespace"),
        Arguments.of("no context", "unreal/sessions", "", "", "there is no context \"unreal\""),
        Arguments.of("not a place", "real", "", "", "is not CONTEXT/NAMESPACE"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("problems")
  void aProblemIsOneLineAndNothingIsTouched(
      String name, String place, String find, String replacement, String message) throws Exception {
    Server server = server();
    String pod = create(server, "kept-" + UUID.randomUUID(), "");
    server.kill();
    Files.writeString(data.resolve("other.crt"), anotherAuthority());
    use(cluster.kubeconfig(RealCluster.USER).replaceAll(find, replacement));

    InstanceReport dead = only(sweep(place), server.instanceId());

    assertThat(dead.record()).as(dead.toString()).isEqualTo(RecordFate.KEPT);
    assertThat(dead.resources())
        .singleElement()
        .satisfies(engine -> {
          assertThat(engine.outcome()).isEqualTo(Outcome.FAILED);
          assertThat(engine.reason()).contains(message).doesNotContain("\n");
        });
    assertThat(cluster.uids(PODS)).contains(pod);

    use(cluster.kubeconfig(RealCluster.USER));
    assertThat(only(sweep(PLACE), server.instanceId()).record()).isEqualTo(RecordFate.REMOVED);
  }
}
