package dev.sexton.mcp.transport;

import static dev.sexton.mcp.transport.HttpServer.SOON;
import static dev.sexton.mcp.transport.HttpServer.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HttpLimitsTest {
  private static final Duration SLOW = Duration.ofMillis(1500);

  /// Headers or a body that take longer than 1.5 s are cut off.
  private static final HttpLimits SHORT =
      new HttpLimits(
          64,
          Duration.ofMinutes(10),
          1 << 20,
          1000,
          new HttpLimits.Timeouts(SLOW, Duration.ofSeconds(60)));

  @TempDir Path directory;

  @Test
  void refusesALargeBody() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      HttpResponse<String> answer =
          server.post(message(1, "initialize", "\"" + "x".repeat(2 << 20) + "\""));
      assertThat(answer.statusCode()).isEqualTo(413);
      assertThat(CancellableHttpTest.error(answer)).contains("--request-bytes");
      server.initialize();
    }
  }

  /// If a connection is reset while bytes arrive, the client may lose the answer.
  @Test
  void aClientThatStillSendsWhatWasRefusedGetsTheAnswer() throws Exception {
    try (HttpServer server = HttpServer.start(directory);
        Socket socket = server.connect()) {
      int size = 8 << 20;
      OutputStream out = beginRequest(server, socket, "Content-Length: " + size);
      byte[] part = "x".repeat(0x10000).getBytes(UTF_8);
      for (int sent = 0; sent < size; sent += part.length) {
        out.write(part);
      }
      assertThat(all(socket)).startsWith("HTTP/1.1 413 ").contains("--request-bytes");
    }
  }

  @Test
  void takesABodyOfAlmostThatSize() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String client = server.initialize();
      String text = "x".repeat((1 << 20) - 200);
      assertThat(
              server
                  .post(
                      message(2, "tools/call", "{\"name\":\"" + text + "\"}"),
                      "Mcp-Session-Id",
                      client)
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void cutsOffABodyWithoutEnd() throws Exception {
    try (HttpServer server = HttpServer.start(directory);
        Socket socket = server.connect()) {
      OutputStream out = beginRequest(server, socket, "Transfer-Encoding: chunked");
      byte[] chunk = chunk(0x10000).getBytes(UTF_8);
      // As much as the limit and the buffers on the way can hold. The client is cut off long
      // before.
      int sent = 0;
      try {
        for (; sent < 1000; sent++) {
          out.write(chunk);
        }
      } catch (IOException cutOff) {
        assertThat(sent).isGreaterThan(10);
      }
      assertThat(sent).as("chunks of 64 kB that were taken").isLessThan(1000);
      server.initialize();
    }
  }

  @Test
  void answersABodyWithoutEndThatPauses() throws Exception {
    try (HttpServer server = HttpServer.start(directory);
        Socket socket = server.connect()) {
      OutputStream out = beginRequest(server, socket, "Transfer-Encoding: chunked");
      out.write(chunk(0x100001).getBytes(UTF_8));
      assertThat(all(socket)).startsWith("HTTP/1.1 413 ").contains("--request-bytes");
    }
  }

  private static String chunk(int size) {
    return "%x\r\n%s\r\n".formatted(size, "x".repeat(size));
  }

  /// Sends the head of a request with this header, and returns the stream for its body. What the
  /// test then reads has to arrive soon.
  private static OutputStream beginRequest(HttpServer server, Socket socket, String header)
      throws IOException {
    socket.setSoTimeout((int) SOON.toMillis());
    OutputStream out = socket.getOutputStream();
    out.write(head(server, header).getBytes(UTF_8));
    return out;
  }

  private static String head(HttpServer server, String header) {
    return String.join(
        "\r\n",
        "POST /mcp HTTP/1.1",
        "Host: localhost:" + server.port(),
        "Accept: */*",
        "Content-Type: application/json",
        header,
        "",
        "");
  }

  /// Returns the bytes that arrive until the server closes or breaks the connection.
  private static String all(Socket socket) throws IOException {
    StringBuilder text = new StringBuilder();
    InputStream input = socket.getInputStream();
    byte[] buffer = new byte[8192];
    try {
      for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
        text.append(new String(buffer, 0, read, UTF_8));
      }
    } catch (java.net.SocketException reset) {
      assertThat(text).isNotEmpty();
    }
    return text.toString();
  }

  @Test
  void refusesLargeHeaders() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String answer =
          server.raw(
              "GET /mcp HTTP/1.1\r\nHost: localhost:%d\r\nX-Large: %s\r\n\r\n"
                  .formatted(server.port(), "x".repeat(20_000)));
      assertThat(answer).startsWith("HTTP/1.1 431 ").contains("\"error\"").contains("8192 bytes");
      server.initialize();
    }
  }

  @Test
  void answersWhatIsNoHttp() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String answer = server.raw("\u0016\u0003\u0001 hello\r\n\r\n");
      assertThat(answer).contains("400").doesNotContain("Exception").doesNotContain("<html");
      server.initialize();
    }
  }

  /// Writes until the server has closed the connection.
  private static void awaitDropped(OutputStream out) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          try {
            out.write('x');
            return false;
          } catch (IOException dropped) {
            return true;
          }
        });
  }

  @Test
  void dropsAHeaderThatTrickles() throws Exception {
    try (HttpServer server = HttpServer.start(directory, SHORT, HttpServer.OPEN);
        Socket socket = server.connect()) {
      OutputStream out = socket.getOutputStream();
      out.write("GET /mcp HTTP/1.1\r\nX-Slow: ".getBytes(UTF_8));
      // Sends one byte after another without end, so only the server can end this.
      awaitDropped(out);
      server.initialize();
    }
  }

  @Test
  void dropsASecondRequestThatTrickles() throws Exception {
    try (HttpServer server = HttpServer.start(directory, SHORT, HttpServer.OPEN);
        Socket socket = server.connect()) {
      socket.setSoTimeout((int) SOON.toMillis());
      OutputStream out = socket.getOutputStream();
      out.write(
          ("PUT /mcp HTTP/1.1\r\nHost: localhost:" + server.port() + "\r\n\r\n").getBytes(UTF_8));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      awaitDropped(out);
    }
  }

  @Test
  void answersABodyThatTrickles() throws Exception {
    try (HttpServer server = HttpServer.start(directory, SHORT, HttpServer.OPEN);
        Socket socket = server.connect()) {
      OutputStream out = beginRequest(server, socket, "Content-Length: 100000");
      InputStream input = socket.getInputStream();
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> {
            if (input.available() > 0) {
              return true;
            }
            out.write(' ');
            return false;
          });
      assertThat(all(socket)).startsWith("HTTP/1.1 408 ").contains("did not arrive within 1500 ms");
    }
  }

  @Test
  void keepsAConnectionThatRests() throws Exception {
    try (HttpServer server = HttpServer.start(directory, SHORT, HttpServer.OPEN);
        Socket resting = server.connect();
        Socket halfOpen = server.connect()) {
      resting.setSoTimeout((int) SOON.toMillis());
      String request = "PUT /mcp HTTP/1.1\r\nHost: localhost:" + server.port() + "\r\n\r\n";
      resting.getOutputStream().write(request.getBytes(UTF_8));
      assertThat(resting.getInputStream().read()).isEqualTo('H');
      resting.getInputStream().skipNBytes(resting.getInputStream().available());

      // When this connection is dropped, the other one has been idle for as long.
      assertThat(halfOpen.getInputStream().read()).isEqualTo(-1);
      resting.getOutputStream().write(request.getBytes(UTF_8));
      assertThat(resting.getInputStream().read()).isGreaterThanOrEqualTo(0);
    }
  }

  @Test
  void answersBesideConnectionsOnWhichNothingComes() throws Exception {
    List<Socket> halfOpen = new ArrayList<>();
    try (HttpServer server = HttpServer.start(directory, SHORT, HttpServer.OPEN)) {
      for (int i = 0; i < 300; i++) {
        Socket socket = server.connect();
        socket.setSoTimeout((int) SOON.toMillis());
        halfOpen.add(socket);
      }
      server.initialize();
      for (Socket socket : halfOpen) {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
    } finally {
      for (Socket socket : halfOpen) {
        socket.close();
      }
    }
  }

  @Test
  void takesManyLargeBodiesAtOnce() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String client = server.initialize();
      String body = message(2, "tools/call", "{\"name\":\"" + "x".repeat((1 << 20) - 200) + "\"}");
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        answers.add(
            server
                .client()
                .sendAsync(
                    HttpServer.request(server.address())
                        .header("Mcp-Session-Id", client)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                    BodyHandlers.ofString()));
      }
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        assertThat(answer.get().statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void dropsAClientThatDoesNotRead() throws Exception {
    HttpLimits impatient =
        new HttpLimits(
            64,
            Duration.ofMinutes(10),
            1 << 20,
            1_000_000,
            new HttpLimits.Timeouts(Duration.ofSeconds(10), SLOW));
    try (HttpServer server = HttpServer.start(directory, impatient, HttpServer.OPEN)) {
      String client = server.initialize();
      String body = message(2, "tools/list", "{}");
      byte[] request =
          (head(server, "Mcp-Session-Id: " + client + "\r\nContent-Length: " + body.length())
                  + body)
              .getBytes(UTF_8);
      try (Socket socket = server.connect()) {
        OutputStream out = socket.getOutputStream();
        // When the buffers hold no more answers, the server reads no more requests. Then the writes
        // fail.
        assertThatThrownBy(
                () -> {
                  for (int i = 0; i < 1_000_000; i++) {
                    out.write(request);
                  }
                })
            .isInstanceOf(IOException.class);
      }
      assertThat(server.call(client, body).has("tools")).isTrue();
    }
  }

  @Test
  void refusesMoreRequestsThanAllowed() throws Exception {
    HttpLimits few =
        new HttpLimits(
            64,
            Duration.ofMinutes(10),
            1 << 20,
            5,
            new HttpLimits.Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60)));
    try (HttpServer server = HttpServer.start(directory, few, HttpServer.OPEN)) {
      String client = server.initialize();
      String list = message(2, "tools/list", "{}");
      HttpResponse<String> answer = server.post(list, "Mcp-Session-Id", client);
      for (int i = 0; i < 1000 && answer.statusCode() == 200; i++) {
        answer = server.post(list, "Mcp-Session-Id", client);
      }
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).contains("1");
      assertThat(CancellableHttpTest.error(answer)).contains("--requests-per-second");
      await()
          .atMost(SOON)
          .until(() -> server.post(list, "Mcp-Session-Id", client).statusCode() == 200);
    }
  }
}
