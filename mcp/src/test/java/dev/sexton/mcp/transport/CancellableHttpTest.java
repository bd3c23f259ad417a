package dev.sexton.mcp.transport;

import static dev.sexton.mcp.transport.HttpServer.SOON;
import static dev.sexton.mcp.transport.HttpServer.message;
import static dev.sexton.mcp.transport.HttpServer.start;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.mcp.session.Session;
import dev.sexton.testsupport.ProcScan;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CancellableHttpTest {
  /// A client counts as gone after two seconds, and a stream is checked every 100 ms.
  private static final HttpLimits SHORT =
      new HttpLimits(
          64,
          Duration.ofSeconds(2),
          1 << 20,
          1000,
          new HttpLimits.Timeouts(Duration.ofSeconds(10), Duration.ofMillis(300)));

  private static final String UP_AND_WAIT = "echo up; exec sleep 600";

  @TempDir Path directory;

  @Test
  void servesAWholeSession() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String client = server.initialize();
      JsonObject tools = server.call(client, message(2, "tools/list", "{}"));
      assertThat(tools.getAsJsonArray("tools")).hasSizeGreaterThan(5);

      JsonObject started = server.call(client, start(3, "web", UP_AND_WAIT));
      assertThat(started.get("isError").getAsBoolean()).as("%s", started).isFalse();
      long pid = server.pid("web");
      assertThat(ProcScan.isGone(pid)).isFalse();

      HttpResponse<String> ended =
          server.send(
              HttpServer.request(server.address()).DELETE().header("Mcp-Session-Id", client));
      assertThat(ended.statusCode()).isEqualTo(200);
      await().atMost(SOON).until(() -> ProcScan.isGone(pid));
      assertThat(server.post(message(4, "tools/list", "{}"), "Mcp-Session-Id", client).statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void tellsOfProgressInTheAnswer() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String client = server.initialize();
      HttpResponse<String> answer =
          server.post(
              start(2, "slow", "sleep 2.5; echo up; exec sleep 600"), "Mcp-Session-Id", client);
      List<JsonObject> messages = HttpServer.messages(answer.body().lines());
      assertThat(messages).hasSizeGreaterThan(1);
      assertThat(messages.getFirst().get("method").getAsString())
          .isEqualTo("notifications/progress");
      assertThat(messages.getLast().get("id").getAsInt()).isEqualTo(2);
    }
  }

  @Test
  void takesBackACall() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String client = server.initialize();
      Call call = begin(server, client);
      assertThat(
              server
                  .post(
                      """
                      {"jsonrpc":"2.0","method":"notifications/cancelled",\
                      "params":{"requestId":2,"reason":"enough"}}\
                      """,
                      "Mcp-Session-Id",
                      client)
                  .statusCode())
          .isEqualTo(202);
      assertThat(call.answer().get().body().lines())
          .as("the answer to a call that was taken back")
          .noneMatch(line -> line.contains("\"result\""));
      await().atMost(SOON).until(() -> ProcScan.isGone(call.pid()));
      assertThat(server.call(client, message(3, "tools/list", "{}")).has("tools")).isTrue();
    }
  }

  /// A call whose process runs.
  private record Call(CompletableFuture<HttpResponse<String>> answer, long pid) {}

  /// Begins a call that never becomes ready, and returns when its process runs.
  private static Call begin(HttpServer server, String client) {
    CompletableFuture<HttpResponse<String>> call =
        server
            .client()
            .sendAsync(
                HttpServer.request(server.address())
                    .timeout(Duration.ofMinutes(5))
                    .header("Mcp-Session-Id", client)
                    .POST(
                        java.net.http.HttpRequest.BodyPublishers.ofString(
                            start(2, "never", "exec sleep 600")))
                    .build(),
                BodyHandlers.ofString());
    await().atMost(SOON).until(() -> server.session("never") != null);
    return new Call(call, server.pid("never"));
  }

  @Test
  void stopsWhatACallHasStartedOfAClientThatEndsItsSessionMeanwhile() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String client = server.initialize();
      Call call = begin(server, client);
      server.send(HttpServer.request(server.address()).DELETE().header("Mcp-Session-Id", client));
      await().atMost(SOON).until(() -> ProcScan.isGone(call.pid()));
      call.answer().get();
    }
  }

  @Test
  void stopsWhatAClientLeftThatIsNotHeardOfAnyMore() throws Exception {
    try (HttpServer server = HttpServer.start(directory, SHORT, HttpServer.OPEN)) {
      String client = server.initialize();
      server.call(client, start(2, "web", UP_AND_WAIT));
      long pid = server.pid("web");
      await().atMost(SOON).until(() -> ProcScan.isGone(pid));
      assertThat(Objects.requireNonNull(server.session("web")).stopReason()).contains("client");
    }
  }

  @Test
  void stopsWhatAClientLeftThatVanishedInTheMiddleOfACall() throws Exception {
    try (HttpServer server = HttpServer.start(directory, SHORT, HttpServer.OPEN)) {
      String client = server.initialize();
      String body = start(2, "never", "exec sleep 600");
      long pid;
      try (Socket socket = server.connect()) {
        socket
            .getOutputStream()
            .write(
                ("POST /mcp HTTP/1.1\r\nHost: localhost:%d\r\nAccept: application/json,"
                        + " text/event-stream\r\nContent-Type: application/json\r\n"
                        + "Mcp-Session-Id: %s\r\nContent-Length: %d\r\n\r\n%s")
                    .formatted(server.port(), client, body.length(), body)
                    .getBytes(UTF_8));
        await().atMost(SOON).until(() -> server.session("never") != null);
        pid = server.pid("never");
      }
      await().atMost(SOON).until(() -> ProcScan.isGone(pid));
    }
  }

  @Test
  void countsAClientThatListensAsThere() throws Exception {
    try (HttpServer server = HttpServer.start(directory, SHORT, HttpServer.OPEN)) {
      String listening = server.initialize();
      HttpResponse<Stream<String>> stream =
          server
              .client()
              .send(
                  HttpServer.request(server.address())
                      .GET()
                      .header("Mcp-Session-Id", listening)
                      .build(),
                  BodyHandlers.ofLines());
      assertThat(stream.statusCode()).isEqualTo(200);
      server.call(listening, start(2, "kept", UP_AND_WAIT));

      // A second client does not listen. By the time it is gone, the first would be gone too.
      String silent = server.initialize();
      server.call(silent, start(2, "left", UP_AND_WAIT));
      long left = server.pid("left");
      await().atMost(SOON).until(() -> ProcScan.isGone(left));
      long kept = server.pid("kept");
      assertThat(ProcScan.isGone(kept)).isFalse();

      stream.body().close(); // The client disappears.
      await().atMost(SOON).until(() -> ProcScan.isGone(kept));
    }
  }

  @Test
  void refusesMoreClientsThanAllowed() throws Exception {
    HttpLimits two =
        new HttpLimits(
            2,
            Duration.ofMinutes(10),
            1 << 20,
            1000,
            new HttpLimits.Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60)));
    try (HttpServer server = HttpServer.start(directory, two, HttpServer.OPEN)) {
      String first = server.initialize();
      server.initialize();
      HttpResponse<String> third = server.post(message(1, "initialize", HttpServer.INITIALIZE));
      assertThat(third.statusCode()).isEqualTo(503);
      assertThat(error(third)).contains("--max-clients");
      server.send(HttpServer.request(server.address()).DELETE().header("Mcp-Session-Id", first));
      server.initialize();
    }
  }

  @Test
  void answersWhatIsNoMessageWithAnError() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String client = server.initialize();
      for (String body :
          List.of(
              "",
              "{",
              "null",
              "7",
              "\"text\"",
              "{}",
              "{\"jsonrpc\":\"2.0\"}",
              "[".repeat(100_000),
              "{\"a\":".repeat(100_000),
              "\u0000\uffff")) {
        HttpResponse<String> answer = server.post(body, "Mcp-Session-Id", client);
        assertThat(answer.statusCode()).as(body).isEqualTo(400);
        assertThat(error(answer)).as(body).isNotBlank();
      }
      HttpResponse<String> latin =
          server.send(
              HttpServer.request(server.address())
                  .header("Mcp-Session-Id", client)
                  .POST(
                      BodyPublishers.ofByteArray(
                          start(3, "caf\u00e9", "true").getBytes(ISO_8859_1))));
      assertThat(latin.statusCode()).isEqualTo(400);
      assertThat(error(latin)).contains("not valid UTF-8");
      HttpResponse<String> batch =
          server.post("[" + message(2, "tools/list", "{}") + "]", "Mcp-Session-Id", client);
      assertThat(batch.statusCode()).isEqualTo(400);
      assertThat(error(batch)).contains("batch");
    }
  }

  @Test
  void answersAnInitializeWithoutParametersWithAnError() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      for (String params : List.of("{}", "null", "[]", "7", "{\"protocolVersion\":{}}")) {
        HttpResponse<String> answer = server.post(message(1, "initialize", params));
        assertThat(answer.statusCode()).as(params).isEqualTo(400);
        assertThat(error(answer)).as(params).contains("protocolVersion");
      }
    }
  }

  @Test
  void answersAToolThatIsNotThereInTheStream() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String client = server.initialize();
      HttpResponse<String> answer =
          server.post(message(2, "no/such/method", "{}"), "Mcp-Session-Id", client);
      JsonObject told = HttpServer.messages(answer.body().lines()).getLast();
      assertThat(told.getAsJsonObject("error").get("code").getAsInt()).isEqualTo(-32601);
      assertThat(
              server
                  .post(
                      "{\"jsonrpc\":\"2.0\",\"id\":\"nobody-asked\",\"result\":{}}",
                      "Mcp-Session-Id",
                      client)
                  .statusCode())
          .isEqualTo(400);
    }
  }

  @Test
  void knowsOnlyItsClientsPathAndMethods() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String client = server.initialize();
      assertThat(server.post(message(2, "tools/list", "{}")).statusCode()).isEqualTo(400);
      HttpResponse<String> stranger =
          server.post(message(2, "tools/list", "{}"), "Mcp-Session-Id", "nobody");
      assertThat(stranger.statusCode()).isEqualTo(404);
      assertThat(error(stranger)).contains("initialize");
      assertThat(
              server
                  .send(
                      HttpServer.request(server.address())
                          .DELETE()
                          .header("Mcp-Session-Id", "nobody"))
                  .statusCode())
          .isEqualTo(404);
      assertThat(
              server
                  .post(
                      message(2, "tools/list", "{}"),
                      "Mcp-Session-Id",
                      client,
                      "MCP-Protocol-Version",
                      "1999-01-01")
                  .statusCode())
          .isEqualTo(400);
      for (String path : List.of("/", "/mcp/", "/mcp/mcp", "/other/mcp")) {
        assertThat(
                server.send(HttpServer.request(server.address().resolve(path)).GET()).statusCode())
            .as(path)
            .isEqualTo(404);
      }
      for (String method : List.of("PUT", "TRACE", "HEAD", "PATCH", "OPTIONS")) {
        String answer =
            server.raw(
                method
                    + " /mcp HTTP/1.1\r\nHost: localhost:"
                    + server.port()
                    + "\r\nConnection: close\r\n\r\n");
        assertThat(answer).as(method).startsWith("HTTP/1.1 405 ").contains("Allow: GET, POST");
      }
    }
  }

  @Test
  void asksForTheTypesThatItAnswersWith() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String client = server.initialize();
      String get =
          server.raw(
              "GET /mcp HTTP/1.1\r\nHost: localhost:%d\r\nMcp-Session-Id: %s\r\nConnection: close\r\n\r\n"
                  .formatted(server.port(), client));
      assertThat(get).startsWith("HTTP/1.1 406 ");
      String post =
          server.raw(
              ("POST /mcp HTTP/1.1\r\nHost: localhost:%d\r\nMcp-Session-Id: %s\r\nAccept: */*\r\n"
                      + "Content-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
                  .formatted(server.port(), client));
      assertThat(post).startsWith("HTTP/1.1 415 ");
    }
  }

  @Test
  void stopsEverythingWhenItIsClosed() throws Exception {
    long pid;
    try (HttpServer server = HttpServer.start(directory)) {
      server.call(server.initialize(), start(2, "web", UP_AND_WAIT));
      pid = server.pid("web");
      Session session = Objects.requireNonNull(server.session("web"));
      assertThat(session.isActive()).isTrue();
    }
    assertThat(ProcScan.isGone(pid)).isTrue();
  }

  static String error(HttpResponse<String> answer) {
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body()).hasSizeLessThan(500);
    JsonObject body = JsonParser.parseString(answer.body()).getAsJsonObject();
    assertThat(body.get("jsonrpc").getAsString()).isEqualTo("2.0");
    return body.getAsJsonObject("error").get("message").getAsString();
  }
}
