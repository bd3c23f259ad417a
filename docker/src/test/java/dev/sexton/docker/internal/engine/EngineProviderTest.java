package dev.sexton.docker.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.internal.http.Address;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.testsupport.FakeEngine;
import dev.sexton.testsupport.FakeEngine.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests the result of every answer that an engine is known to give.
@Timeout(60)
class EngineProviderTest {
  private static final String RUNNING = state("running", true, 0);
  private static final String EXITED = state("exited", false, 0);
  private static final String KILLED = state("exited", false, 137);
  private static final String PODMAN_PAUSED =
      "{\"Id\":\"abc\",\"State\":{\"Running\":false,\"Paused\":true,\"Status\":\"paused\"}}";

  private static final Duration GRACE = Duration.ofMillis(1);

  /// Answers a request; null means the default answer.
  private interface Script {
    @Nullable Reply answer(Request request) throws IOException;
  }

  private record Reply(int status, String body) {}

  @TempDir Path directory;
  private FakeEngine engine;
  private ResourceProvider provider;
  private volatile Script script;

  @BeforeEach
  void start() throws IOException {
    script = request -> null;
    engine =
        new FakeEngine(
            directory,
            (request, connection) -> {
              Reply reply = script.answer(request);
              if (reply == null) {
                reply = new Reply(200, "OK");
              }
              connection.reply(reply.status, reply.body);
            });
    provider = new EngineProvider("Fake", new Address.Unix(engine.socket()), FaultTest.AMPLE);
    images = new EngineProvider("Fake", new Address.Unix(engine.socket()), Limits.DEFAULT);
  }

  @AfterEach
  void stop() throws IOException {
    engine.close();
  }

  // Versions

  @Test
  void saysWhatItIs() throws Exception {
    script =
        request ->
            request.path().endsWith("/version")
                ? new Reply(
                    200,
                    """
                    {"Components": [{"Name": "Podman Engine", "Version": "4.3.1"}],
                     "Version": "4.3.1", "ApiVersion": "1.41"}
                    """)
                : null;

    assertThat(provider.version()).isEqualTo("Podman Engine 4.3.1, API 1.41");
  }

  @Test
  void anOldEngineNamesNoComponents() throws Exception {
    script =
        request ->
            request.path().endsWith("/version")
                ? new Reply(200, "{\"Version\": \"17.0\", \"ApiVersion\": \"1.30\"}")
                : null;

    assertThat(provider.version()).isEqualTo("Engine 17.0, API 1.30");
  }

  @ParameterizedTest
  @CsvSource({
    "1.41, v1.41",
    "1.24, v1.24",
    "1.44, v1.44",
    "1.51, v1.51",
    "1.99, v1.51",
    "2.0, v1.51"
  })
  void olderOfTheTwoVersionsIsSpoken(String theirs, String spoken) throws Exception {
    lists("[]", "[]", "{\"Volumes\":null}");
    FakeEngine versioned = versioned(theirs);
    try (versioned) {
      new EngineProvider("Fake", new Address.Unix(versioned.socket()), FaultTest.AMPLE)
          .find(Set.of("k"));
      assertThat(versioned.requests())
          .containsExactly(
              "GET /_ping",
              "GET /" + spoken + "/containers/json?all=1&filters=%7B%22label%22%3A%5B%22k%22%5D%7D",
              "GET /" + spoken + "/networks?filters=%7B%22label%22%3A%5B%22k%22%5D%7D",
              "GET /" + spoken + "/volumes?filters=%7B%22label%22%3A%5B%22k%22%5D%7D");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1.23, its API version 1.23 is too old; update the engine",
    "new, not an API version: new",
    "1.x, not an API version: 1.x"
  })
  void versionThatCannotBeSpokenSaysSo(String theirs, String problem) throws Exception {
    try (FakeEngine versioned = versioned(theirs)) {
      ResourceProvider other =
          new EngineProvider("Fake", new Address.Unix(versioned.socket()), FaultTest.AMPLE);
      assertThatThrownBy(() -> other.find(Set.of("k")))
          .isInstanceOf(IOException.class)
          .hasMessage("Fake cannot be used: " + problem);
    }
  }

  private FakeEngine versioned(String version) throws IOException {
    return engineThatSends(request ->
        "API-Version: %s\r\n\r\n".formatted(version)
            + (request.path().startsWith("/volumes") ? "{\"Volumes\":null}" : "[]"));
  }

  /// Starts another engine.
  ///
  /// @param answer what it sends after the status line: the headers, an empty line and the body
  private FakeEngine engineThatSends(Function<FakeEngine.Request, String> answer)
      throws IOException {
    return new FakeEngine(
        Files.createTempDirectory(directory, "e"),
        (request, connection) -> connection.send("HTTP/1.1 200 OK\r\n" + answer.apply(request)));
  }

  @Test
  void versionIsAskedForWhenThePingDoesNotTell() throws Exception {
    try (FakeEngine old =
        engineThatSends(request ->
            "\r\n"
                + (request.target().equals("/version")
                    ? "{\"ApiVersion\":\"1.30\"}"
                    : request.path().startsWith("/volumes") ? "{}" : "[]"))) {
      new EngineProvider("Fake", new Address.Unix(old.socket()), FaultTest.AMPLE).find(Set.of("k"));
      assertThat(old.requests()).startsWith("GET /_ping", "GET /version").hasSize(5);
      assertThat(old.requests().get(2)).startsWith("GET /v1.30/containers");
    }
  }

  @Test
  void versionIsAskedForOnceAndAgainOnlyWhenItIsRefused() throws Exception {
    lists("[]", "[]", "{}");
    provider.find(Set.of("k"));
    provider.find(Set.of("k"));
    assertThat(engine.requests()).containsOnlyOnce("GET /_ping");
    script = request -> new Reply(400, "{\"message\":\"client version 1.41 is too old\"}");
    assertThatThrownBy(() -> provider.find(Set.of("k")))
        .hasMessageStartingWith("Fake answered 400 to GET /containers/json")
        .hasMessageEndingWith(": client version 1.41 is too old");
    lists("[]", "[]", "{}");
    provider.find(Set.of("k"));
    assertThat(engine.requests().stream().filter("GET /_ping"::equals)).hasSize(2);
  }

  // Lists

  @Test
  void labelsAreLookedAtAgain() throws Exception {
    lists(
        """
        [{"Id":"1","Names":["/one"],"Labels":{"k":"v"},"State":"running"},
         {"Id":"2","Names":["/two"],"Labels":{"k2":"v"},"State":"running"},
         {"Id":"3","Names":["/three"],"Labels":null},
         {"Id":"4"},
         {"Id":"5","Labels":{"K":"v","k ":"v"}}]
        """,
        "[{\"Id\":\"n\",\"Name\":\"net\",\"Labels\":{\"k\":\"\"}},{\"Id\":\"m\",\"Labels\":{}}]",
        "{\"Volumes\":[{\"Name\":\"vol\",\"Labels\":{\"k\":null}},{\"Name\":\"w\"}]}");
    assertThat(provider.find(Set.of("k")))
        .containsExactly(
            new LabelledResource(ResourceKind.CONTAINER, "1", "one", Map.of("k", "v"), "running"),
            new LabelledResource(ResourceKind.NETWORK, "n", "net", Map.of("k", ""), ""),
            new LabelledResource(ResourceKind.VOLUME, "vol", "vol", Map.of("k", ""), ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "Thu, 26 Nov 2026 01:09:02 GMT | 1795655342 | PT0S",
        "Thu, 26 Nov 2026 01:09:02 GMT | 1795655281 | PT1M1S",
        "Thu, 26 Nov 2026 01:09:02 GMT | 1795655343 | PT-1S",
        "Thu, 31 Dec 2026 23:59:59 GMT | 1798761599 | PT0S",
        "Thu, 26 Nov 2026 01:09:02 GMT | null | none",
        "Thu, 26 Nov 2026 01:09:02 GMT | \"soon\" | none",
        "Thu, 26 Nov 2026 01:09:02 GMT | -9223372036854775808 | none",
        "Thu, 26 Nov 2026 25:09:02 GMT | 1795655342 | none",
        "Thu, 26 Nvo 2026 01:09:02 GMT | 1795655342 | none",
        "2026-11-26T01:09:02Z | 1795655342 | none",
        "none | 1795655342 | none",
      })
  void agesAreByTheEnginesOwnClock(
      @Nullable String date, String created, @Nullable Duration expected) throws Exception {
    String containers = "[{\"Id\":\"1\",\"Labels\":{\"k\":\"\"},\"Created\":" + created + "}]";
    String headers = "Api-Version: 1.41\r\n" + (date == null ? "" : "Date: " + date + "\r\n");
    try (FakeEngine dated =
        engineThatSends(request ->
            headers
                + "\r\n"
                + (request.path().startsWith("/containers")
                    ? containers
                    : request.path().startsWith("/volumes") ? "{}" : "[]"))) {
      List<LabelledResource> found =
          new EngineProvider("Fake", new Address.Unix(dated.socket()), Limits.DEFAULT)
              .find(Set.of("k"));
      assertThat(found).singleElement().extracting(one -> one.details().age()).isEqualTo(expected);
    }
  }

  // Images

  private static final String IMAGE = "sha256:" + "0123456789abcdef".repeat(4);
  private static final String OTHER = "sha256:" + "fedcba9876543210".repeat(4);

  /// A provider with enough time to answer, because these tests are not about time.
  private ResourceProvider images;

  private static LabelledResource from(String image) {
    return new LabelledResource(
        ResourceKind.CONTAINER,
        "abc",
        "name",
        Map.of("k", "v"),
        new LabelledResource.Details("running", image, null));
  }

  private void imageIs(int status, String body) {
    script = request -> request.path().startsWith("/images/") ? new Reply(status, body) : null;
  }

  private long imageRequests() {
    return engine.requests().stream().filter(one -> one.contains("/images/")).count();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"Id\":\"ID\",\"Config\":{\"Labels\":{\"k\":\"v\"}}} | {k=v}",
        "{\"Id\":\"ID\",\"Config\":{\"Labels\":{}}} | {}",
        "{\"Id\":\"ID\",\"Config\":{\"Labels\":null}} | {}",
        "{\"Id\":\"ID\",\"Config\":null} | {}",
      })
  void anImageHandsItsLabelsDown(String body, String expected) throws Exception {
    imageIs(200, body.replace("ID", IMAGE));
    assertThat(images.imageLabels(from(IMAGE))).hasToString(expected);
    // Podman's lists and inspections write the hash with or without the name of its algorithm.
    assertThat(images.imageLabels(from(IMAGE.substring(7)))).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | {\"Config\":{\"Labels\":{}}}",
        "200 | {\"Id\":\"other\",\"Config\":{\"Labels\":{}}}",
        "200 | {\"Id\":\"ID\"}",
        "200 | {\"Id\":\"ID\",\"Config\":7}",
        "200 | {\"Id\":\"ID\",\"Config\":{\"Labels\":[]}}",
        "200 | {\"Id\":\"ID\",\"Config\":{\"Labels\":{\"k\":{}}}}",
        "200 | []",
        "200 | <html>Log in!</html>",
        "404 | <html>404</html>",
        "404 | {\"message\":\"page not found\"}",
        "403 | {\"message\":\"no\"}",
        "500 | {\"message\":\"no\"}",
      })
  void whatSaysNothingOfAnImageIsNoAnswer(int status, String body) {
    imageIs(status, body.replace("ID", IMAGE));
    assertThatThrownBy(() -> images.imageLabels(from(IMAGE)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Fake")
        .hasMessageContaining("/images/" + IMAGE);
  }

  @Test
  void anImageThatIsGoneSaysNothingAnyMore() throws Exception {
    imageIs(404, "{\"message\":\"No such image\"}");
    assertThat(images.imageLabels(from(IMAGE))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "busybox", "../containers/abc", "sha256:", "sha256:0123"})
  void whatIsNoIdOfAnImageIsNotAskedFor(String image) {
    assertThatThrownBy(() -> images.imageLabels(from(image))).isInstanceOf(IOException.class);
    assertThat(imageRequests()).isZero();
  }

  @Test
  void networksAndVolumesHaveNoImage() throws Exception {
    assertThat(images.imageLabels(resource(ResourceKind.NETWORK, "n"))).isEmpty();
    assertThat(images.imageLabels(resource(ResourceKind.VOLUME, "v"))).isEmpty();
    assertThat(engine.requests()).isEmpty();
  }

  @Test
  void anImageIsAskedForOnce() throws Exception {
    imageIs(200, "{\"Id\":\"" + IMAGE + "\",\"Config\":{}}");
    for (int i = 0; i < 1000; i++) {
      images.imageLabels(from(IMAGE));
    }
    assertThat(imageRequests()).isEqualTo(1);
  }

  /// A thousand containers must not wait a thousand times, nor forever.
  @Test
  void anEngineThatDoesNotAnswerIsAskedAgainOnlyAfterTheNextList() throws Exception {
    script =
        request -> {
          if (request.path().startsWith("/images/")) {
            throw new IOException("closes the connection");
          }
          return new Reply(200, request.path().startsWith("/volumes") ? "{}" : "[]");
        };
    for (String image : List.of(IMAGE, OTHER, IMAGE)) {
      assertThatThrownBy(() -> images.imageLabels(from(image))).isInstanceOf(IOException.class);
    }
    assertThat(imageRequests()).isEqualTo(1);
    images.find(Set.of("k"));
    imageIs(200, "{\"Id\":\"" + OTHER + "\",\"Config\":{}}");
    assertThat(images.imageLabels(from(OTHER))).isEmpty();
  }

  @Test
  void oneImageThatTheEngineRefusesDoesNotHideAnother() throws Exception {
    script =
        request ->
            request.path().contains(OTHER)
                ? new Reply(200, "{\"Id\":\"" + OTHER + "\",\"Config\":{}}")
                : request.path().startsWith("/images/") ? new Reply(500, "no") : null;
    assertThatThrownBy(() -> images.imageLabels(from(IMAGE))).isInstanceOf(IOException.class);
    assertThat(images.imageLabels(from(OTHER))).isEmpty();
  }

  @Test
  void severalKeysAreAskedForWithoutAFilter() throws Exception {
    lists("[]", "[]", "{\"Volumes\":[]}");
    assertThat(provider.find(Set.of("k", "l"))).isEmpty();
    assertThat(engine.requests())
        .containsExactly(
            "GET /_ping",
            "GET /v1.41/containers/json?all=1",
            "GET /v1.41/networks",
            "GET /v1.41/volumes");
    assertThatThrownBy(() -> provider.find(Set.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "null | 012345678901",
        "[] | 012345678901",
        "[\"/link/alias\",\"/own\"] | own",
        "[\"own\"] | own",
        "[null, 7] | 7",
        "[\"\"] | 012345678901",
      })
  void namesAreOnlyForPeople(String names, String expected) throws Exception {
    lists(
        "[{\"Id\":\"0123456789012345\",\"Labels\":{\"k\":\"\"},\"Names\":" + names + "}]",
        "[]",
        "{}");
    assertThat(provider.find(Set.of("k")))
        .extracting(LabelledResource::name)
        .containsExactly(expected);
  }

  @Test
  void hugeAndUglyNamesAreCut() throws Exception {
    lists(
        "[{\"Id\":\"1\",\"Labels\":{\"k\":\"\"},\"Names\":[\"/a\\u001b[2J\\n"
            + "x".repeat(100_000)
            + "\"]}]",
        "[]",
        "{}");
    assertThat(provider.find(Set.of("k")).getFirst().name()).startsWith("a [2J xxx").hasSize(301);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>Log in!</html>",
        "",
        "null",
        "{}",
        "\"text\"",
        "[",
        "[]]",
        "[] []",
        "[7]",
        "[null]",
        "[{\"Labels\":{\"k\":\"\"}}]",
        "[{\"Id\":\"\",\"Labels\":{\"k\":\"\"}}]",
        "[{\"Id\":{},\"Labels\":{\"k\":\"\"}}]",
        "[{\"Id\":\"1\",\"Labels\":[\"k\"]}]",
        "[{\"Id\":\"1\",\"Labels\":\"k\"}]",
        "[{\"Id\":\"1\",\"Labels\":{\"k\":{}}}]",
        "[{\"Id\":\"1\",\"Labels\":{\"k\":\"\"},\"Names\":\"x\"}]",
        "[{'Id':'1'}]",
      })
  void listThatIsNoneIsAnError(String body) {
    lists(body, "[]", "{}");
    assertThatThrownBy(() -> provider.find(Set.of("k")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Fake gave an invalid answer to GET /containers/json");
  }

  /// Podman's answer when a listed container ends before Podman has read about its process.
  @Test
  void listThatStumblesOverWhatVanishesIsAskedForAgain() throws Exception {
    lists("[{\"Id\":\"1\",\"Labels\":{\"k\":\"\"}}]", "[]", "{}");
    Script healthy = script;
    AtomicInteger lists = new AtomicInteger();
    script =
        request ->
            request.path().startsWith("/containers/json") && lists.getAndIncrement() < 2
                ? new Reply(500, "{\"message\":\"read /proc/1/cgroup: no such process\"}")
                : healthy.answer(request);

    assertThat(provider.find(Set.of("k"))).extracting(LabelledResource::id).containsExactly("1");
    assertThat(lists.get()).isEqualTo(3);
  }

  @Test
  void deepNestingIsAnError() {
    lists("[".repeat(100_000), "[]", "{}");
    assertThatThrownBy(() -> provider.find(Set.of("k"))).isInstanceOf(IOException.class);
  }

  private void lists(String containers, String networks, String volumes) {
    script =
        request ->
            request.path().startsWith("/containers/json")
                ? new Reply(200, containers)
                : request.path().startsWith("/networks")
                    ? new Reply(200, networks)
                    : request.path().startsWith("/volumes") ? new Reply(200, volumes) : null;
  }

  // Stop

  @ParameterizedTest
  @CsvSource({"200, STOPPED", "204, STOPPED", "304, GONE", "404, GONE"})
  void stopThatWorked(int status, Outcome outcome) throws Exception {
    stops(status, RUNNING, EXITED);
    assertThat(provider.stop(container("abc"), Duration.ofMillis(1001))).isEqualTo(outcome);
    assertThat(posts()).containsExactly("POST /v1.41/containers/abc/stop?t=2");
  }

  @Test
  void exitCodeOfAKillBeforeTheGraceIsOverIsNotOurs() throws Exception {
    stops(204, RUNNING, KILLED);
    assertThat(provider.stop(container("abc"), Duration.ofDays(1))).isEqualTo(Outcome.STOPPED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"created", "exited", "dead", "removing", "configured"})
  void whatDoesNotRunIsNotStopped(String status) throws Exception {
    stops(500, state(status, false, 1));
    assertThat(provider.stop(container("abc"), GRACE)).isEqualTo(Outcome.GONE);
    assertThat(posts()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"restarting", "stopping", "running"})
  void whatMayStillRunIsStopped(String status) throws Exception {
    stops(204, state(status, false, 1), EXITED);
    assertThat(provider.stop(container("abc"), GRACE)).isEqualTo(Outcome.STOPPED);
  }

  @ParameterizedTest
  @ValueSource(ints = {409, 500, 204, 304})
  void stopThatDidNotWorkIsFollowedByAKill(int status) throws Exception {
    stops(status, RUNNING, RUNNING, RUNNING, KILLED);
    assertThat(provider.stop(container("abc"), GRACE)).isEqualTo(Outcome.KILLED);
    assertThat(posts())
        .containsExactly("POST /v1.41/containers/abc/stop?t=1", "POST /v1.41/containers/abc/kill");
  }

  /// Returns a provider that does not wait long for a container that never ends.
  private EngineProvider impatient() {
    return new EngineProvider("Fake", new Address.Unix(engine.socket()), FaultTest.SHORT);
  }

  @Test
  void whatStillRunsAfterTheKillIsAnError() {
    stops(500, RUNNING);
    assertThatThrownBy(() -> impatient().stop(container("abc"), GRACE))
        .isInstanceOf(IOException.class)
        .hasMessage("Fake answered 500 to POST kill of abc: the reason is here")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }

  @Test
  void whatSurvivesAKillIsAnError() {
    stops(204, RUNNING);
    assertThatThrownBy(() -> impatient().stop(container("abc"), Duration.ZERO))
        .isInstanceOf(IOException.class)
        .hasMessage("Fake: abc survived a kill");
  }

  @Test
  void withoutGraceThereIsNoStop() throws Exception {
    stops(204, RUNNING, KILLED);
    assertThat(provider.stop(container("abc"), Duration.ZERO)).isEqualTo(Outcome.KILLED);
    assertThat(posts()).containsExactly("POST /v1.41/containers/abc/kill");
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 409, 500})
  void killThatCameTooLateFindsItGone(int status) throws Exception {
    stops(status, RUNNING, EXITED);
    assertThat(provider.stop(container("abc"), Duration.ZERO)).isEqualTo(Outcome.GONE);
  }

  @Test
  void podmanIsToldToUnpauseFirst() throws Exception {
    AtomicInteger stops = new AtomicInteger();
    script =
        request -> {
          if (request.path().contains("/stop")) {
            return new Reply(stops.getAndIncrement() == 0 ? 500 : 204, "{}");
          }
          return request.path().endsWith("/json")
              ? new Reply(200, stops.get() < 2 ? PODMAN_PAUSED : EXITED)
              : null;
        };
    assertThat(provider.stop(container("abc"), GRACE)).isEqualTo(Outcome.STOPPED);
    assertThat(posts())
        .containsExactly(
            "POST /v1.41/containers/abc/stop?t=1",
            "POST /v1.41/containers/abc/unpause",
            "POST /v1.41/containers/abc/stop?t=1");
  }

  @Test
  void anotherContainerThatAnswersToTheIdIsLeftAlone() {
    script =
        request ->
            request.path().endsWith("/json")
                ? new Reply(200, RUNNING.replace("abc", "other"))
                : null;
    assertThatThrownBy(() -> provider.stop(container("abc"), GRACE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it describes \"other\", which was left alone");
    assertThatThrownBy(() -> provider.remove(container("abc"))).isInstanceOf(IOException.class);
    assertThat(engine.requests()).allMatch(request -> request.startsWith("GET "));
  }

  @ParameterizedTest
  @EnumSource(names = {"NETWORK", "VOLUME"})
  void whatCannotRunIsNotStopped(ResourceKind kind) throws Exception {
    assertThat(provider.stop(resource(kind, "abc"), GRACE)).isEqualTo(Outcome.GONE);
    assertThat(engine.requests()).isEmpty();
  }

  // Remove

  @ParameterizedTest
  @CsvSource({
    "CONTAINER, DELETE /v1.41/containers/abc?force=1&v=1",
    "NETWORK, DELETE /v1.41/networks/abc",
    "VOLUME, DELETE /v1.41/volumes/abc"
  })
  void removedAndSeenToBeGone(ResourceKind kind, String request) throws Exception {
    removes(204, 1);
    provider.remove(resource(kind, "abc"));
    assertThat(changes()).containsExactly(request);
    assertThat(engine.requests().getLast()).startsWith("GET ");
  }

  /// Podman's answer when it has found a container but looks it up in its database too late.
  @Test
  void whatVanishesWhileItIsLookedAtIsGone() throws Exception {
    String vanishing =
        "{\"message\":\"container abc does not exist in database: no such container\"}";
    AtomicInteger looks = new AtomicInteger();
    script =
        request -> {
          if (!request.path().endsWith("/json")) {
            return null;
          }
          return looks.getAndIncrement() % 2 == 0
              ? new Reply(500, vanishing)
              : new Reply(404, "{\"message\":\"no such container\"}");
        };
    LabelledResource container = container("abc");

    assertThat(provider.stop(container, GRACE)).isEqualTo(Outcome.GONE);
    provider.remove(container);
    assertThat(looks.get()).isEqualTo(4);

    script = request -> request.path().endsWith("/json") ? new Reply(500, vanishing) : null;
    assertThatThrownBy(() -> provider.remove(container))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("does not exist in database");
    assertThat(changes()).isEmpty();
  }

  @Test
  void whatIsGoneIsNotRemoved() throws Exception {
    removes(500, 0);
    provider.remove(container("abc"));
    assertThat(changes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 409, 500})
  void removalThatSomebodyElseIsAtIsWaitedFor(int status) throws Exception {
    removes(status, 3);
    new EngineProvider("Fake", new Address.Unix(engine.socket()), FaultTest.PATIENT)
        .remove(container("abc"));
    assertThat(engine.requests().getLast()).isEqualTo("GET /v1.41/containers/abc/json");
  }

  @ParameterizedTest
  @CsvSource({"NETWORK, 403", "VOLUME, 409", "CONTAINER, 409", "CONTAINER, 500"})
  void refusalThatLastsIsAnErrorWithTheReason(ResourceKind kind, int status) {
    removes(status, Integer.MAX_VALUE);
    assertThatThrownBy(() -> provider.remove(resource(kind, "abc")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Fake answered " + status + " to DELETE /")
        .hasMessageEndingWith(": the reason is here");
    assertThat(changes()).hasSizeGreaterThan(1);
  }

  @Test
  void removalThatChangesNothingIsAnError() {
    removes(204, Integer.MAX_VALUE);
    assertThatThrownBy(() -> provider.remove(container("abc")))
        .isInstanceOf(IOException.class)
        .hasMessage("the container abc was removed but still exists");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 400, 401, 405})
  void refusalForGoodIsNotTriedAgain(int status) {
    removes(status, Integer.MAX_VALUE);
    assertThatThrownBy(() -> provider.remove(container("abc"))).isInstanceOf(IOException.class);
    assertThat(changes()).hasSize(1);
  }

  @Test
  void networkThatIsInUseIsNotEvenTried() {
    script =
        request ->
            new Reply(
                200,
                "{\"Id\":\"abc\",\"Labels\":{\"k\":\"v\"},\"Containers\":{\"c1\":{},\"c2\":{}}}");
    assertThatThrownBy(() -> provider.remove(resource(ResourceKind.NETWORK, "abc")))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Fake: the network name was not removed, because containers are connected to"
                + " it: c1, c2");
    assertThat(changes()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"NETWORK", "VOLUME"})
  void whatAStrangerMadeAnewUnderTheNameStays(ResourceKind kind) throws Exception {
    script =
        request -> new Reply(200, "{\"Id\":\"abc\",\"Name\":\"abc\",\"Labels\":{\"k\":\"other\"}}");
    provider.remove(resource(kind, "abc"));
    assertThat(changes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../containers/abc",
        "a/../b",
        "a b",
        "a\nb",
        "/a",
        "a/",
        "a//b",
        "a/.b"
      })
  void idThatLeadsElsewhereIsRefused(String id) {
    for (ResourceKind kind :
        List.of(ResourceKind.CONTAINER, ResourceKind.NETWORK, ResourceKind.VOLUME)) {
      assertThatThrownBy(() -> provider.remove(resource(kind, id)))
          .isInstanceOf(IOException.class)
          .hasMessage("not the ID of a " + kind.word() + ": \"" + id + "\"");
    }
    assertThat(engine.requests()).isEmpty();
  }

  @Test
  void idsAreEncoded() throws Exception {
    removes(204, 0);
    provider.remove(resource(ResourceKind.VOLUME, "pool/ä?force=1&x#y%2F"));
    assertThat(engine.requests().getLast())
        .isEqualTo("GET /v1.41/volumes/pool%2F%C3%A4%3Fforce%3D1%26x%23y%252F");
    assertThatThrownBy(() -> provider.remove(container("pool/a"))).isInstanceOf(IOException.class);
  }

  /// Answers removals with this status.
  ///
  /// The resource is gone after this many attempts.
  private void removes(int status, int attempts) {
    AtomicInteger deletes = new AtomicInteger();
    script =
        request -> {
          if (request.method().equals("DELETE")) {
            deletes.incrementAndGet();
            return new Reply(status, "{\"message\":\"the reason is here\"}");
          }
          if (request.target().equals("/_ping")) {
            return null;
          }
          return deletes.get() < attempts
              ? new Reply(200, "{\"Id\":\"abc\",\"Name\":\"abc\",\"Labels\":{\"k\":\"v\"}}")
              : new Reply(404, "{\"message\":\"gone\"}");
        };
  }

  /// Answers changes with this status, and inspections with these states in turn.
  private void stops(int status, String... states) {
    AtomicInteger looks = new AtomicInteger();
    script =
        request -> {
          if (request.method().equals("POST")) {
            return new Reply(status, "{\"message\":\"the reason is here\"}");
          }
          return request.path().endsWith("/json")
              ? new Reply(200, states[Math.min(looks.getAndIncrement(), states.length - 1)])
              : null;
        };
  }

  private List<String> posts() {
    return engine.requests().stream().filter(request -> request.startsWith("POST")).toList();
  }

  private List<String> changes() {
    return engine.requests().stream().filter(request -> !request.startsWith("GET")).toList();
  }

  private static String state(String status, boolean running, int exitCode) {
    return "{\"Id\":\"abc\",\"State\":{\"Status\":\"%s\",\"Running\":%s,\"ExitCode\":%d}}"
        .formatted(status, running, exitCode);
  }

  private static LabelledResource container(String id) {
    return resource(ResourceKind.CONTAINER, id);
  }

  private static LabelledResource resource(ResourceKind kind, String id) {
    return new LabelledResource(kind, id, "name", Map.of("k", "v"), "running");
  }
}
