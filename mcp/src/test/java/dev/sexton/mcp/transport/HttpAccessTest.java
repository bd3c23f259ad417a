package dev.sexton.mcp.transport;

import static dev.sexton.mcp.transport.HttpServer.message;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HttpAccessTest {
  private static final String TOKEN = "0123456789abcdef";

  @TempDir Path directory;

  private static String statusFor(HttpServer server, String host) throws IOException {
    return server
        .raw("GET /mcp HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n")
        .substring(9, 12);
  }

  @Test
  void goesByTheNamesOfLoopbackOnly() throws Exception {
    try (HttpServer server = HttpServer.start(directory)) {
      String port = ":" + server.port();
      for (String name : List.of("localhost", "127.0.0.1", "[::1]", "LocalHost")) {
        assertThat(statusFor(server, "Host: " + name + port + "\r\n")).as(name).isEqualTo("406");
      }
      for (String name :
          List.of(
              "evil.example" + port,
              "localhost",
              "localhost:1",
              "localhost.evil.example" + port,
              "127.0.0.2" + port,
              "localhost" + port + port)) {
        assertThat(statusFor(server, "Host: " + name + "\r\n")).as(name).isIn("421", "400");
      }
      assertThat(statusFor(server, "")).isEqualTo("400");
      assertThat(statusFor(server, "Host: localhost" + port + "\r\nHost: evil.example\r\n"))
          .isEqualTo("400");
    }
  }

  @Test
  void goesByTheNamesThatAreAllowed() throws Exception {
    HttpAccess access =
        new HttpAccess("127.0.0.1", List.of("box.example", "other.example:99"), List.of(), null);
    try (HttpServer server = HttpServer.start(directory, HttpServer.LIMITS, access)) {
      assertThat(statusFor(server, "Host: box.example\r\n")).isEqualTo("406");
      assertThat(statusFor(server, "Host: Box.example:8443\r\n")).isEqualTo("406");
      assertThat(statusFor(server, "Host: other.example:99\r\n")).isEqualTo("406");
      assertThat(statusFor(server, "Host: other.example\r\n")).isEqualTo("421");
    }
  }

  @Test
  void refusesPagesOfOthers() throws Exception {
    HttpAccess access =
        new HttpAccess("127.0.0.1", List.of(), List.of("https://chat.example"), null);
    try (HttpServer server = HttpServer.start(directory, HttpServer.LIMITS, access)) {
      String initialize = message(1, "initialize", HttpServer.INITIALIZE);
      for (String origin :
          List.of(
              "http://evil.example",
              "null",
              "http://chat.example",
              "https://chat.example.evil.example",
              "http://localhost:1",
              "file://localhost:" + server.port())) {
        HttpResponse<String> answer = server.post(initialize, "Origin", origin);
        assertThat(answer.statusCode()).as(origin).isEqualTo(403);
        assertThat(CancellableHttpTest.error(answer)).contains("--allow-origin");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
      }
      for (String origin : List.of("https://chat.example", "http://localhost:" + server.port())) {
        HttpResponse<String> answer = server.post(initialize, "Origin", origin);
        assertThat(answer.statusCode()).as(origin).isEqualTo(200);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains(origin);
      }
    }
  }

  @Test
  void asksForTheToken() throws Exception {
    HttpAccess access =
        new HttpAccess("127.0.0.1", List.of(), List.of("https://chat.example"), TOKEN);
    assertThat(access.toString()).doesNotContain(TOKEN);
    try (HttpServer server = HttpServer.start(directory, HttpServer.LIMITS, access)) {
      String initialize = message(1, "initialize", HttpServer.INITIALIZE);
      HttpResponse<String> without = server.post(initialize);
      assertThat(without.statusCode()).isEqualTo(401);
      assertThat(without.headers().firstValue("WWW-Authenticate"))
          .contains("Bearer realm=\"sexton\"");
      assertThat(CancellableHttpTest.error(without)).contains("--token-file").doesNotContain(TOKEN);
      for (String wrong :
          List.of("Bearer ", "Bearer x", "Bearer " + TOKEN + "0", "Basic " + TOKEN, TOKEN)) {
        HttpResponse<String> answer = server.post(initialize, "Authorization", wrong);
        assertThat(answer.statusCode()).as(wrong).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
      }
      assertThat(server.post(initialize, "Authorization", "Bearer " + TOKEN).statusCode())
          .isEqualTo(200);
      HttpResponse<String> preflight =
          server.send(
              HttpServer.request(server.address())
                  .method("OPTIONS", BodyPublishers.noBody())
                  .header("Origin", "https://chat.example"));
      assertThat(preflight.statusCode()).isEqualTo(204);
      assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers").orElseThrow())
          .contains("Authorization");
    }
  }
}
