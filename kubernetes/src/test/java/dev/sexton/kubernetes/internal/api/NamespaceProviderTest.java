package dev.sexton.kubernetes.internal.api;

import static dev.sexton.kubernetes.internal.api.FakeCluster.KEY;
import static dev.sexton.kubernetes.internal.api.FakeCluster.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.sexton.Outcome;
import dev.sexton.internal.http.Address;
import dev.sexton.kubernetes.internal.config.ClusterAccess;
import dev.sexton.kubernetes.internal.config.Credentials;
import dev.sexton.kubernetes.internal.config.Place;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.testsupport.FakeEngine;
import dev.sexton.testsupport.FakeEngine.Connection;
import dev.sexton.testsupport.FakeEngine.Handler;
import dev.sexton.testsupport.FaultyServer.Fault;
import dev.sexton.testsupport.Gate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests a namespace with faults that a real API server does not have on demand.
@Timeout(60)
class NamespaceProviderTest {
  private static final Duration GRACE = Duration.ofMillis(10);
  private static final Limits AMPLE = limits(Duration.ofSeconds(20), Duration.ofSeconds(20));
  private static final Limits SHORT = limits(Duration.ofMillis(400), Duration.ofMillis(100));

  @TempDir private Path directory;

  private static Limits limits(Duration ask, Duration gone) {
    return new Limits(ask, gone, gone, Duration.ofMillis(20), ask);
  }

  private FakeEngine serve(Handler handler) throws IOException {
    return new FakeEngine(directory, handler);
  }

  private static ResourceProvider provider(FakeEngine server, Limits limits) {
    ClusterAccess access =
        new ClusterAccess(new Address.Unix(server.socket()), "/prefix", Credentials.NONE);
    return new NamespaceProvider(
        new Place("fake", NAMESPACE), new ApiClient("Fake", access, limits));
  }

  /// Takes the prefix off the path.
  private static Handler behindPrefix(Handler handler) {
    return (request, connection) -> {
      assertThat(request.target()).startsWith("/prefix/");
      handler.handle(
          new FakeEngine.Request(
              request.method(), request.target().substring("/prefix".length()), request.body()),
          connection);
    };
  }

  @ParameterizedTest
  @EnumSource
  void everyKindIsFoundAndDeleted(ObjectKind kind) throws Exception {
    FakeCluster cluster = new FakeCluster();
    cluster.add(kind, "ours", KEY);
    cluster.add(kind, "strangers", "other");
    try (FakeEngine server = serve(behindPrefix(cluster))) {
      ResourceProvider provider = provider(server, AMPLE);
      LabelledResource found = only(provider.find(Set.of(KEY, "not a label's key")));
      assertThat(found.kind()).isEqualTo(kind.reported());
      assertThat(found.name()).isEqualTo("sessions/ours");

      boolean runs = kind == ObjectKind.POD || kind == ObjectKind.JOB;
      assertThat(provider.stop(found, GRACE)).isEqualTo(runs ? Outcome.STOPPED : Outcome.GONE);
      provider.remove(found);
    }
    assertThat(cluster.has(kind, "ours")).isFalse();
    assertThat(cluster.has(kind, "strangers")).isTrue();
    assertThat(cluster.deletions()).hasSize(1);
  }

  private static LabelledResource only(List<LabelledResource> found) {
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  @Test
  void podsGetTheGracePeriodAndNeverNone() throws Exception {
    FakeCluster cluster = new FakeCluster();
    try (FakeEngine server = serve(behindPrefix(cluster))) {
      ResourceProvider provider = provider(server, AMPLE);
      for (Duration grace : List.of(Duration.ZERO, Duration.ofMillis(1001))) {
        cluster.add(ObjectKind.POD, "a", KEY);
        assertThat(provider.stop(only(provider.find(Set.of(KEY))), grace))
            .isEqualTo(Outcome.STOPPED);
      }
    }
    assertThat(cluster.deletions().get(0)).contains("\"gracePeriodSeconds\":1,");
    assertThat(cluster.deletions().get(1)).contains("\"gracePeriodSeconds\":2,");
  }

  @Test
  void listsArePaged() throws Exception {
    FakeCluster cluster = new FakeCluster();
    for (int i = 0; i < 5; i++) {
      cluster.add(ObjectKind.POD, "p" + i, KEY);
    }
    try (FakeEngine server = serve(behindPrefix(cluster))) {
      assertThat(provider(server, AMPLE).find(Set.of(KEY))).hasSize(5);
    }
  }

  @Test
  void aListThatExpiredIsReadWhole() throws Exception {
    FakeCluster cluster = new FakeCluster();
    for (int i = 0; i < 3; i++) {
      cluster.add(ObjectKind.POD, "p" + i, KEY);
    }
    Handler expiring =
        (request, connection) -> {
          if (request.target().contains("continue=")) {
            connection.reply(410, "{\"kind\":\"Status\",\"reason\":\"Expired\"}");
          } else {
            cluster.handle(request, connection);
          }
        };
    try (FakeEngine server = serve(behindPrefix(expiring))) {
      assertThat(provider(server, AMPLE).find(Set.of(KEY))).hasSize(3);
    }
  }

  /// Finds the only pod of a cluster, and asserts that stopping and removing it deletes nothing.
  private void assertPodIsLeftAlone(FakeCluster cluster) throws Exception {
    try (FakeEngine server = serve(behindPrefix(cluster))) {
      ResourceProvider provider = provider(server, AMPLE);
      LabelledResource old = only(provider.find(Set.of(KEY)));

      assertThat(provider.stop(old, GRACE)).isEqualTo(Outcome.GONE);
      provider.remove(old);
    }
    assertThat(cluster.has(ObjectKind.POD, "a")).isTrue();
    assertThat(cluster.deletions()).isEmpty();
  }

  @Test
  void anotherObjectOfTheSameNameIsLeftAlone() throws Exception {
    FakeCluster cluster = new FakeCluster();
    cluster.add(ObjectKind.POD, "a", KEY);
    cluster.beforeDeletion = () -> cluster.add(ObjectKind.POD, "a", KEY);

    assertPodIsLeftAlone(cluster);
  }

  @Test
  void anObjectIsKeptByTakingItsLabelAwayBeforeItIsDeleted() throws Exception {
    FakeCluster cluster = new FakeCluster();
    JsonObject metadata = cluster.add(ObjectKind.POD, "a", KEY);
    cluster.beforeDeletion =
        () -> {
          metadata.getAsJsonObject("labels").remove(KEY);
          cluster.touch(metadata);
        };

    assertPodIsLeftAlone(cluster);
  }

  @Test
  void anObjectThatWasChangedIsReadAgain() throws Exception {
    FakeCluster cluster = new FakeCluster();
    JsonObject metadata = cluster.add(ObjectKind.POD, "a", KEY);
    try (FakeEngine server = serve(behindPrefix(cluster))) {
      ResourceProvider provider = provider(server, AMPLE);
      LabelledResource old = only(provider.find(Set.of(KEY)));
      cluster.beforeDeletion = () -> cluster.touch(metadata);

      assertThat(provider.stop(old, GRACE)).isEqualTo(Outcome.STOPPED);
    }
    assertThat(cluster.has(ObjectKind.POD, "a")).isFalse();
  }

  @Test
  void anObjectThatIsChangedAllTheTimeIsAFailure() throws Exception {
    FakeCluster cluster = new FakeCluster();
    JsonObject metadata = cluster.add(ObjectKind.POD, "a", KEY);
    try (FakeEngine server = serve(behindPrefix(cluster))) {
      ResourceProvider provider = provider(server, limits(AMPLE.ask(), SHORT.gone()));
      LabelledResource pod = only(provider.find(Set.of(KEY)));
      cluster.beforeDeletion =
          new Runnable() {
            @Override
            public void run() {
              cluster.touch(metadata);
              cluster.beforeDeletion = this;
            }
          };
      assertThatThrownBy(() -> provider.stop(pod, GRACE))
          .hasMessage(
              "Fake: the pod sessions/a was not deleted, because it is changed all the time");
    }
    assertThat(cluster.has(ObjectKind.POD, "a")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', stays Terminating; is its node gone?",
    "kubernetes.io/x, stays Terminating until others have finished: kubernetes.io/x"
  })
  void aPodThatStaysTerminatingIsAFailure(String finalizer, String message) throws Exception {
    FakeCluster cluster = new FakeCluster();
    cluster.keepsPods = true;
    JsonObject metadata = cluster.add(ObjectKind.POD, "a", KEY);
    if (!finalizer.isEmpty()) {
      JsonArray finalizers = new JsonArray();
      finalizers.add(finalizer);
      metadata.add("finalizers", finalizers);
    }
    try (FakeEngine server = serve(behindPrefix(cluster))) {
      ResourceProvider provider = provider(server, limits(AMPLE.ask(), SHORT.gone()));
      LabelledResource pod = only(provider.find(Set.of(KEY)));
      assertThatThrownBy(() -> provider.stop(pod, GRACE))
          .hasMessage("Fake: the pod sessions/a " + message);
      assertThat(only(provider.find(Set.of(KEY))).details().state()).isEqualTo("terminating");
    }
  }

  @Test
  void whatAControllerReplacesIsLeftAlone() throws Exception {
    FakeCluster cluster = new FakeCluster();
    control(cluster.add(ObjectKind.POD, "a", KEY), "ReplicaSet", "web");
    try (FakeEngine server = serve(behindPrefix(cluster))) {
      ResourceProvider provider = provider(server, AMPLE);
      LabelledResource pod = only(provider.find(Set.of(KEY)));
      assertThatThrownBy(() -> provider.stop(pod, GRACE))
          .hasMessage(
              "Fake: the pod sessions/a was left alone, because the ReplicaSet web would replace it;"
                  + " delete that");
    }
    assertThat(cluster.deletions()).isEmpty();
  }

  @Test
  void aPodOfAJobIsDeletedOnlyIfTheJobIsTheInstances() throws Exception {
    FakeCluster cluster = new FakeCluster();
    JsonObject job = cluster.add(ObjectKind.JOB, "j", "other");
    JsonObject owner = control(cluster.add(ObjectKind.POD, "a", KEY), "Job", "j");
    owner.add("uid", job.get("uid"));
    try (FakeEngine server = serve(behindPrefix(cluster))) {
      ResourceProvider provider = provider(server, AMPLE);
      LabelledResource pod = only(provider.find(Set.of(KEY)));
      assertThatThrownBy(() -> provider.stop(pod, GRACE)).hasMessageContaining("the Job j would");

      job.getAsJsonObject("labels").addProperty(KEY, "x");
      assertThat(provider.stop(pod, GRACE)).isEqualTo(Outcome.STOPPED);
    }
  }

  private static JsonObject control(JsonObject metadata, String kind, String name) {
    JsonObject owner = new JsonObject();
    owner.addProperty("kind", kind);
    owner.addProperty("name", name);
    owner.addProperty("uid", "u");
    owner.addProperty("controller", true);
    JsonArray owners = new JsonArray();
    owners.add(owner);
    metadata.add("ownerReferences", owners);
    return owner;
  }

  @Test
  void namesThatWouldLeadElsewhereAreRefused() throws Exception {
    FakeCluster cluster = new FakeCluster();
    cluster.add(ObjectKind.POD, "../../secrets/a", KEY);
    try (FakeEngine server = serve(behindPrefix(cluster))) {
      assertThatThrownBy(() -> provider(server, AMPLE).find(Set.of(KEY)))
          .hasMessageContaining("not the name of an object");
    }
  }

  static Stream<Arguments> faults() {
    List<Arguments> faults = new ArrayList<>();
    for (int call = 0; call < CALLS; call++) {
      for (boolean before : new boolean[] {true, false}) {
        add(faults, call, before, "hangs", Connection::hang);
        add(faults, call, before, "closes", connection -> {});
        for (int status : new int[] {200, 404, 409, 410, 500}) {
          add(
              faults,
              call,
              before,
              "answers a page with " + status,
              connection -> connection.reply(status, "<html>404 page not found</html>"));
        }
        add(
            faults,
            call,
            before,
            "answers another 404",
            connection ->
                connection.reply(
                    404,
                    "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"details\":{\"name\":\"b\"}}"));
        add(faults, call, before, "answers {}", connection -> connection.reply(200, "{}"));
      }
    }
    return faults.stream();
  }

  /// The lists of seven kinds, then for the pod: read, delete, read, and read once more; for the
  /// secret: read, delete, read. A test below verifies this number.
  private static final int CALLS = 14;

  private static void add(
      List<Arguments> faults, int call, boolean before, String what, Fault fault) {
    String name = "call " + call + " " + what + (before ? "" : ", yet does it");
    faults.add(Arguments.of(name, new FakeCluster(call, before, fault)));
  }

  @Test
  void everyCallIsCounted() throws Exception {
    FakeCluster cluster = new FakeCluster();
    assertThat(sweepTwice(cluster, AMPLE)).isEmpty();
  }

  @Gate("waits for 28 time limits")
  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void oneFaultInEachCall(String name, FakeCluster cluster) throws Exception {
    for (IOException failure : sweepTwice(cluster, name.contains("hangs") ? SHORT : AMPLE)) {
      assertThat(failure).hasMessageContaining("Fake");
    }
  }

  /// Cleans up twice. The first attempt may fail, but may not claim what is not so.
  private List<IOException> sweepTwice(FakeCluster cluster, Limits limits) throws IOException {
    for (ObjectKind kind : List.of(ObjectKind.POD, ObjectKind.SECRET)) {
      cluster.add(kind, "ours", KEY);
      cluster.add(kind, "strangers", "other");
    }
    List<IOException> failures;
    try (FakeEngine server = serve(behindPrefix(cluster))) {
      failures = clean(provider(server, limits), cluster);
      if (failures.isEmpty()) {
        assertThat(cluster.calls()).isGreaterThanOrEqualTo(CALLS);
      }
      assertThat(clean(provider(server, AMPLE), cluster)).isEmpty();
    }
    for (ObjectKind kind : List.of(ObjectKind.POD, ObjectKind.SECRET)) {
      assertThat(cluster.has(kind, "ours")).isFalse();
      assertThat(cluster.has(kind, "strangers")).isTrue();
    }
    assertThat(cluster.deletions()).allMatch(one -> one.contains("/ours "));
    return failures;
  }

  private static List<IOException> clean(ResourceProvider provider, FakeCluster cluster) {
    List<LabelledResource> found;
    try {
      found = provider.find(Set.of(KEY));
    } catch (IOException failed) {
      return List.of(failed);
    }
    assertThat(found)
        .hasSize(
            (int)
                Stream.of(ObjectKind.POD, ObjectKind.SECRET)
                    .filter(kind -> cluster.has(kind, "ours"))
                    .count());
    List<IOException> failures = new ArrayList<>();
    for (LabelledResource resource : found) {
      try {
        provider.stop(resource, GRACE);
        provider.remove(resource);
        assertThat(cluster.has(ObjectKind.of(resource.kind()), "ours")).isFalse();
      } catch (IOException failed) {
        failures.add(failed);
      }
    }
    return failures;
  }
}
