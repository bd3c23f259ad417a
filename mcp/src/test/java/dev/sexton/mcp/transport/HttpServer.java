package dev.sexton.mcp.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.StateScope;
import dev.sexton.mcp.AllowList;
import dev.sexton.mcp.Limits;
import dev.sexton.mcp.PodLimits;
import dev.sexton.mcp.SessionLimits;
import dev.sexton.mcp.SextonMcpServer;
import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.tool.MachineReports;
import io.modelcontextprotocol.json.McpJsonDefaults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A server that really listens, in this process, and the requests of its clients.
final class HttpServer implements AutoCloseable {
  static final HttpAccess OPEN = new HttpAccess("127.0.0.1", List.of(), List.of(), null);

  /// The same limits as the defaults of the command.
  static final HttpLimits LIMITS =
      new HttpLimits(
          64,
          Duration.ofMinutes(10),
          1 << 20,
          1000,
          new HttpLimits.Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60)));

  static final Duration SOON = Duration.ofSeconds(20);

  private final Sessions sessions;
  private final HttpListener listener;
  private final HttpClient client = HttpClient.newHttpClient();

  private HttpServer(Sessions sessions, HttpListener listener) {
    this.sessions = sessions;
    this.listener = listener;
  }

  static HttpServer start(Path directory) throws IOException {
    return start(directory, LIMITS, OPEN);
  }

  static HttpServer start(Path directory, HttpLimits limits, HttpAccess access) throws IOException {
    Sessions sessions =
        new Sessions(
            new Limits(
                new SessionLimits(64, Duration.ZERO, Duration.ZERO, 1 << 16, Duration.ofSeconds(5)),
                new AllowList(null, null, null, null, List.of()),
                PodLimits.NONE),
            directory,
            directory);
    CancellableHttp http =
        new CancellableHttp(McpJsonDefaults.getMapper(), limits, sessions::stopAllOf);
    new SextonMcpServer(
            sessions,
            new MachineReports(StateScope.of(Map.of()).withStateDirectory(directory), "0"),
            "0")
        .serve(http);
    return new HttpServer(
        sessions,
        HttpListener.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), access, http));
  }

  URI address() {
    return listener.address();
  }

  int port() {
    return address().getPort();
  }

  HttpClient client() {
    return client;
  }

  /// Opens a connection on which nothing has been sent.
  Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port());
  }

  /// Sends bytes unchanged, and reads until the server closes the connection.
  String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout((int) SOON.toMillis());
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  static HttpRequest.Builder request(URI address) {
    return HttpRequest.newBuilder(address)
        .timeout(SOON)
        .header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream");
  }

  HttpResponse<String> post(String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(address()).POST(BodyPublishers.ofString(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /// Initializes a client and returns its ID.
  String initialize(String... headers) throws IOException, InterruptedException {
    HttpResponse<String> answer = post(message(1, "initialize", INITIALIZE), headers);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    String id = answer.headers().firstValue("Mcp-Session-Id").orElseThrow();
    assertThat(post(NOTED, "Mcp-Session-Id", id).statusCode()).isEqualTo(202);
    return id;
  }

  static final String INITIALIZE =
      "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
          + "\"clientInfo\":{\"name\":\"test\",\"version\":\"0\"}}";

  private static final String NOTED =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

  static String message(int id, String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}"
        .formatted(id, method, params);
  }

  /// Returns a call that starts a shell and waits until it prints `up`, if it ever does.
  static String start(int id, String name, String script) {
    return message(
        id,
        "tools/call",
        """
        {"name":"session_start","arguments":{"name":"%s","command":"sh","arguments":["-c","%s"],\
        "ready":{"line":"up"}},"_meta":{"progressToken":"p"}}\
        """
            .formatted(name, script));
  }

  /// Returns the result of a call.
  ///
  /// Its answer is a stream of events that ends with the result.
  JsonObject call(String client, String message) throws IOException, InterruptedException {
    HttpResponse<String> answer = post(message, "Mcp-Session-Id", client);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
    return messages(answer.body().lines()).getLast().getAsJsonObject("result");
  }

  static List<JsonObject> messages(Stream<String> lines) {
    return lines
        .filter(line -> line.startsWith("data: "))
        .map(line -> JsonParser.parseString(line.substring(6)).getAsJsonObject())
        .toList();
  }

  /// Returns the session with this name; null if there is none.
  @Nullable Session session(String name) {
    return sessions.list().stream().filter(one -> one.name().equals(name)).findAny().orElse(null);
  }

  /// Returns the PID of a running session.
  long pid(String name) {
    Session session = session(name);
    Long pid = session == null ? null : session.body().pid();
    assertThat(pid).isNotNull();
    return pid == null ? -1 : pid;
  }

  @Override
  public void close() {
    client.close();
    listener.close();
    sessions.close();
  }
}
