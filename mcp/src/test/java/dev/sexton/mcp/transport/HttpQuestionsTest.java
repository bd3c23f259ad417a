package dev.sexton.mcp.transport;

import static dev.sexton.mcp.transport.HttpServer.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Tests requests and notifications from a server to its client.
final class HttpQuestionsTest {
  private static final String CAN_BE_ASKED =
      HttpServer.INITIALIZE.replace("\"capabilities\":{}", "\"capabilities\":{\"elicitation\":{}}");

  private final AtomicReference<String> gone = new AtomicReference<>();
  private final CancellableHttp http =
      new CancellableHttp(McpJsonDefaults.getMapper(), HttpServer.LIMITS, gone::set);

  /// Starts a server with one tool, which asks its client and returns the client's answer.
  private HttpListener listen() throws Exception {
    var _ =
        McpServer.async(http)
            .serverInfo("test", "0")
            .toolCall(
                Tool.builder("ask", Map.of("type", "object")).build(),
                (exchange, request) ->
                    exchange
                        .createElicitation(
                            ElicitFormRequest.builder(
                                    "really?", Map.of("type", "object", "properties", Map.of()))
                                .build())
                        .map(answer ->
                            CallToolResult.builder()
                                .addTextContent(String.valueOf(answer.action()))
                                .isError(false)
                                .build()))
            .build();
    return HttpListener.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), HttpServer.OPEN, http);
  }

  @Test
  void asksInTheMiddleOfACallAndTellsWhoeverListens() throws Exception {
    try (HttpListener listener = listen();
        HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<Stream<String>> welcome =
          post(client, listener, "", message(1, "initialize", CAN_BE_ASKED));
      String id = welcome.headers().firstValue("Mcp-Session-Id").orElseThrow();
      assertThat(welcome.body().toList()).isNotEmpty();

      Iterator<JsonObject> told =
          events(
              client.send(
                  HttpServer.request(listener.address()).header("Mcp-Session-Id", id).build(),
                  BodyHandlers.ofLines()));
      Iterator<JsonObject> call =
          events(
              post(
                  client,
                  listener,
                  id,
                  message(2, "tools/call", "{\"name\":\"ask\",\"arguments\":{}}")));
      JsonObject question = call.next();
      assertThat(question.get("method").getAsString()).isEqualTo("elicitation/create");
      String answer =
          "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"action\":\"accept\",\"content\":{}}}"
              .formatted(question.get("id"));
      assertThat(post(client, listener, id, answer).statusCode()).isEqualTo(202);
      assertThat(call.next().getAsJsonObject("result").toString()).contains("ACCEPT");
      assertThat(post(client, listener, id, answer).statusCode()).isEqualTo(400);

      http.notifyClient("nobody", "notifications/none", Map.of()).block();
      http.notifyClient(id, "notifications/one", Map.of("text", "zwölf")).block();
      JsonObject one = told.next();
      assertThat(one.get("method").getAsString()).isEqualTo("notifications/one");
      assertThat(one.getAsJsonObject("params").get("text").getAsString()).isEqualTo("zwölf");
      http.notifyClients("notifications/all", Map.of()).block();
      assertThat(told.next().get("method").getAsString()).isEqualTo("notifications/all");

      http.closeGracefully().block();
      assertThat(told.hasNext()).isFalse();
      assertThat(gone.get()).isEqualTo(id);
      assertThat(post(client, listener, "", message(3, "initialize", CAN_BE_ASKED)).statusCode())
          .isEqualTo(503);
    }
  }

  private static HttpResponse<Stream<String>> post(
      HttpClient client, HttpListener listener, String id, String body) throws Exception {
    return client.send(
        HttpServer.request(listener.address())
            .headers(
                id.isEmpty() ? new String[] {"X-None", "1"} : new String[] {"Mcp-Session-Id", id})
            .POST(BodyPublishers.ofString(body, UTF_8))
            .build(),
        BodyHandlers.ofLines());
  }

  /// Returns the messages of a stream as they arrive.
  private static Iterator<JsonObject> events(HttpResponse<Stream<String>> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().allValues("Content-Type")).isEqualTo(List.of("text/event-stream"));
    return answer
        .body()
        .filter(line -> line.startsWith("data: "))
        .map(line -> JsonParser.parseString(line.substring(6)).getAsJsonObject())
        .iterator();
  }
}
