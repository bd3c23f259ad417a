package dev.sexton.kubernetes.internal.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sexton.internal.http.Address;
import dev.sexton.internal.http.Json;
import dev.sexton.kubernetes.ClusterSession;
import dev.sexton.kubernetes.ClusterState;
import dev.sexton.kubernetes.ClusterState.Phase;
import dev.sexton.kubernetes.CreatedObject;
import dev.sexton.kubernetes.internal.config.ClusterAccess;
import dev.sexton.kubernetes.internal.config.Credentials;
import dev.sexton.testsupport.FakeEngine;
import dev.sexton.testsupport.FakeEngine.Handler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests a pod that runs, with answers that a real API server does not have on demand.
@Timeout(60)
class StartedObjectTest {
  private static final Limits LIMITS =
      new Limits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofMillis(5),
          Duration.ofSeconds(20));

  private static final String POD =
      """
      {"metadata":{"name":"p","uid":"u","resourceVersion":"1"},\
      "spec":{"containers":[{"name":"main"},{"name":"side"}]},"status":%s}\
      """;

  private static final String RUNNING =
      "{\"phase\":\"Running\",\"containerStatuses\":[{\"name\":\"main\",\"state\":{\"running\":{}}}]}";
  private static final String DONE =
      "{\"phase\":\"Succeeded\",\"containerStatuses\":"
          + "[{\"name\":\"main\",\"state\":{\"terminated\":{\"exitCode\":0}}}]}";
  private static final String GONE =
      "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"details\":{\"name\":\"p\"}}";

  @TempDir private Path directory;

  private static ClusterSession session(FakeEngine server, Limits limits) throws IOException {
    ClusterAccess access =
        new ClusterAccess(new Address.Unix(server.socket()), "", Credentials.NONE);
    return new StartedObject(
        new ApiClient("Fake", access, limits),
        new CreatedObject("Pod", "sessions", "p", "u"),
        ObjectKind.POD,
        Metadata.of(Json.object(POD.formatted("{}"))),
        Map.of("app-server-instance", "x"));
  }

  /// Describes the pod with each state once, and then always with the last one.
  private static Handler states(List<String> states, Handler log) {
    Deque<String> left = new ArrayDeque<>(states);
    return (request, connection) -> {
      if (request.target().contains("/log?")) {
        log.handle(request, connection);
        return;
      }
      String state;
      synchronized (left) {
        state = left.size() > 1 ? left.remove() : left.element();
      }
      if (state.isEmpty()) {
        connection.reply(404, GONE);
      } else {
        connection.reply(200, POD.formatted(state));
      }
    };
  }

  private static String follow(ClusterSession session) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    session.follow(output);
    return output.toString(UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"phase\":\"Pending\"} | WAITING | -1 | ''",
        "{\"phase\":\"Pending\",\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"False\","
            + "\"reason\":\"Unschedulable\"}]} | WAITING | -1 | Unschedulable",
        "{\"phase\":\"Pending\",\"containerStatuses\":[{\"name\":\"main\",\"state\":{\"waiting\":"
            + "{\"reason\":\"ImagePullBackOff\"}}}]} | WAITING | -1 | ImagePullBackOff",
        "{\"phase\":\"Pending\",\"initContainerStatuses\":[{\"name\":\"i\",\"state\":{\"waiting\":"
            + "{\"reason\":\"ErrImagePull\"}}}]} | WAITING | -1 | ErrImagePull",
        "{\"phase\":\"Running\",\"containerStatuses\":[{\"name\":\"main\",\"state\":{\"running\":"
            + "{}}}]} | RUNNING | -1 | ''",
        "{\"phase\":\"Running\",\"containerStatuses\":[{\"name\":\"main\",\"state\":{\"waiting\":"
            + "{\"reason\":\"CrashLoopBackOff\"}},\"lastState\":{\"terminated\":{\"exitCode\":3}}}]}"
            + " | RUNNING | -1 | CrashLoopBackOff",
        "{\"phase\":\"Succeeded\",\"containerStatuses\":[{\"name\":\"main\",\"state\":"
            + "{\"terminated\":{\"exitCode\":0,\"reason\":\"Completed\"}}}]} | ENDED | 0 | Completed",
        "{\"phase\":\"Failed\",\"containerStatuses\":[{\"name\":\"main\",\"state\":"
            + "{\"terminated\":{\"exitCode\":137,\"reason\":\"OOMKilled\"}}}]}"
            + " | ENDED | 137 | OOMKilled",
        "{\"phase\":\"Failed\",\"containerStatuses\":[{\"name\":\"side\",\"state\":"
            + "{\"terminated\":{\"exitCode\":5,\"reason\":\"Error\"}}},{\"name\":\"main\","
            + "\"state\":{\"terminated\":{\"exitCode\":0}}}]} | ENDED | 5 | Error",
        "{\"phase\":\"Failed\",\"reason\":\"Evicted\"} | ENDED | -1 | Evicted",
        "'' | ENDED | -1 | Deleted",
      })
  void aStateIsRead(String status, Phase phase, int exitCode, String reason) throws Exception {
    try (FakeEngine server = new FakeEngine(directory, states(List.of(status), noLog()))) {
      ClusterState state = session(server, LIMITS).state();
      assertThat(state.phase()).isEqualTo(phase);
      assertThat(state.exitCode()).isEqualTo(exitCode);
      assertThat(state.reason()).isEqualTo(reason);
    }
  }

  private static Handler noLog() {
    return (request, connection) -> connection.reply(400, "{\"kind\":\"Status\"}");
  }

  @Test
  void anotherPodOfTheNameIsNotTheSession() throws Exception {
    Handler other =
        (request, connection) ->
            connection.reply(200, POD.formatted(RUNNING).replace("\"u\"", "\"other\""));
    try (FakeEngine server = new FakeEngine(directory, other);
        ClusterSession session = session(server, LIMITS)) {
      assertThat(session.await().reason()).isEqualTo(ClusterState.DELETED);
      assertThat(follow(session)).isEmpty();
    }
  }

  @Test
  void theOutputContinuesAfterABrokenConnection() throws Exception {
    String one = "2026-01-01T00:00:01.1Z one\n";
    String two = "2026-01-01T00:00:01.2Z two\n";
    Deque<String> answers = new ArrayDeque<>(List.of(one + two.substring(0, 26), one + two));
    Handler log =
        (request, connection) -> {
          String body = answers.size() > 1 ? answers.remove() : answers.element();
          boolean isBroken = answers.size() == 1 && !body.endsWith("\n");
          connection.send(
              "HTTP/1.1 200 OK\r\nContent-Length: "
                  + (body.length() + (isBroken ? 5 : 0))
                  + "\r\n\r\n"
                  + body);
        };
    List<String> states = List.of("{\"phase\":\"Pending\"}", RUNNING, RUNNING, DONE);
    try (FakeEngine server = new FakeEngine(directory, states(states, log));
        ClusterSession session = session(server, LIMITS)) {
      assertThat(follow(session)).isEqualTo("one\ntwo\n");
      assertThat(session.await().exitCode()).isZero();
      assertThat(server.requests())
          .filteredOn(request -> request.contains("/log?"))
          .first()
          .asString()
          .contains("container=main")
          .contains("follow=true")
          .doesNotContain("sinceTime");
      assertThat(server.requests()).last().asString().doesNotContain("/log?");
      assertThat(server.requests())
          .anyMatch(request ->
              request.contains("sinceTime=2026-01-01T00%3A00%3A01Z")
                  && !request.contains("follow"));
    }
  }

  @Test
  void aSilentConnectionIsOpenedAgain() throws Exception {
    Limits limits =
        new Limits(
            LIMITS.ask(), LIMITS.margin(), LIMITS.gone(), LIMITS.pause(), Duration.ofMillis(50));
    Deque<String> answers = new ArrayDeque<>(List.of("", "2026-01-01T00:00:01Z x\n"));
    Handler log =
        (request, connection) -> {
          if (answers.size() > 1) {
            answers.remove();
            connection.hang();
          } else {
            connection.reply(200, answers.element());
          }
        };
    List<String> states = List.of(RUNNING, DONE);
    try (FakeEngine server = new FakeEngine(directory, states(states, log));
        ClusterSession session = session(server, limits)) {
      assertThat(follow(session)).isEqualTo("x\n");
    }
  }

  @Test
  void aRefusalNamesTheRightThatIsMissing() throws Exception {
    Handler log = (request, connection) -> connection.reply(403, "{\"message\":\"no\"}");
    try (FakeEngine server = new FakeEngine(directory, states(List.of(RUNNING), log));
        ClusterSession session = session(server, LIMITS)) {
      assertThatThrownBy(() -> follow(session))
          .isInstanceOf(IOException.class)
          .hasMessage("Fake does not permit to get pods/log (403): no");
    }
  }

  @Test
  void aNodeThatDoesNotAnswerIsAskedAgainAndThenReported() throws Exception {
    Deque<Integer> statuses = new ArrayDeque<>(List.of(500, 503, 200));
    Handler log =
        (request, connection) -> {
          int status = statuses.size() > 1 ? statuses.remove() : statuses.element();
          connection.reply(status, status == 200 ? "2026-01-01T00:00:01Z x\n" : "{}");
        };
    try (FakeEngine server = new FakeEngine(directory, states(List.of(DONE), log));
        ClusterSession session = session(server, LIMITS)) {
      assertThat(follow(session)).isEqualTo("x\n");
    }
    statuses.addFirst(500);
    statuses.removeLast();
    Limits impatient =
        new Limits(
            LIMITS.ask(), Duration.ofMillis(30), LIMITS.gone(), LIMITS.pause(), LIMITS.follow());
    Files.delete(directory.resolve("e.sock"));
    try (FakeEngine server = new FakeEngine(directory, states(List.of(RUNNING), log));
        ClusterSession session = session(server, impatient)) {
      assertThatThrownBy(() -> follow(session)).hasMessageContaining("500 to get pods/log");
    }
  }

  @Test
  void closingEndsWhatWaits() throws Exception {
    Handler log = (request, connection) -> connection.hang();
    try (FakeEngine server = new FakeEngine(directory, states(List.of(RUNNING), log))) {
      ClusterSession session = session(server, LIMITS);
      CompletableFuture<String> output =
          CompletableFuture.supplyAsync(() -> {
            try {
              return follow(session);
            } catch (IOException failed) {
              return failed.toString();
            }
          });
      await().until(() -> server.requests().stream().anyMatch(one -> one.contains("/log?")));
      session.close();
      assertThat(output.join()).isEmpty();
      assertThatThrownBy(session::await).isInstanceOf(IOException.class);
      assertThat(session.state().phase()).isEqualTo(Phase.RUNNING);
    }
  }

  @Test
  void aFailureOfTheClusterIsNoEnd() throws Exception {
    Handler broken = (request, connection) -> connection.reply(500, "{\"message\":\"busy\"}");
    try (FakeEngine server = new FakeEngine(directory, broken);
        ClusterSession session = session(server, LIMITS)) {
      assertThatThrownBy(session::await)
          .isInstanceOf(IOException.class)
          .hasMessage("Fake answered 500 to get pods: busy");
    }
  }
}
