package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.Texts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A `sexton mcp` that receives what no SDK would send.
final class StdioServer {
  private static final long ANSWER_SECONDS = 90;

  private final Process process;
  private final OutputStream input;
  private final Path errors;
  private final AtomicInteger last = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonObject>> pending = new ConcurrentHashMap<>();
  private final BlockingQueue<JsonObject> others = new LinkedBlockingQueue<>();

  /// Starts a server that is not initialized.
  StdioServer(Processes processes, Traces traces, String... options) throws IOException {
    this(processes, traces, SdkClient.server(traces, options));
  }

  /// Starts a server with this command.
  StdioServer(Processes processes, Traces traces, List<String> command) throws IOException {
    errors = traces.home().resolve("stderr");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().clear();
    builder.environment().putAll(traces.environment());
    process = processes.start(builder);
    input = process.getOutputStream();
    Thread.ofPlatform().daemon().name("server-answers").start(this::listen);
  }

  /// Initializes the session.
  StdioServer initialize() {
    await(request("initialize", Answer.handshake("hostile")));
    send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
    return this;
  }

  private void listen() {
    try (BufferedReader output = process.inputReader(UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        JsonObject message = JsonParser.parseString(line).getAsJsonObject();
        CompletableFuture<JsonObject> one =
            message.has("id") && message.get("id").isJsonPrimitive()
                ? pending.remove(message.get("id").getAsInt())
                : null;
        if (one == null) {
          others.add(message);
        } else {
          one.complete(message);
        }
      }
    } catch (IOException killed) {
      pending.values().forEach(one -> one.completeExceptionally(killed));
    }
    pending.values().forEach(one -> one.cancel(false));
  }

  /// Sends any text.
  void send(String text) {
    send(text.getBytes(UTF_8));
  }

  synchronized void send(byte[] bytes) {
    try {
      input.write(bytes);
      input.flush();
    } catch (IOException gone) {
      throw new UncheckedIOException(errors(), gone);
    }
  }

  /// Sends a request. The result is the whole message of the answer.
  CompletableFuture<JsonObject> request(String method, Object params) {
    return requestJson(method, new Gson().toJson(params));
  }

  /// Sends a request whose parameters may be invalid JSON.
  CompletableFuture<JsonObject> requestJson(String method, String params) {
    int id = last.incrementAndGet();
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    pending.put(id, answer);
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":%s}\n"
            .formatted(id, method, params));
    return answer;
  }

  /// Returns the ID of the last request that was sent.
  int lastId() {
    return last.get();
  }

  void cancel(int id) {
    String params = "{\"requestId\":%d}".formatted(id);
    send(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":" + params + "}\n");
  }

  CompletableFuture<JsonObject> begin(String tool, Object arguments) {
    return request("tools/call", Map.of("name", tool, "arguments", arguments));
  }

  Answer call(String tool, Object arguments) {
    return Answer.of(await(begin(tool, arguments)).getAsJsonObject("result"));
  }

  /// Returns the error of the next message that answers no request of this test.
  String nextError() {
    try {
      JsonObject message = others.poll(ANSWER_SECONDS, SECONDS);
      if (message == null) {
        throw new AssertionError("no answer: " + errors());
      }
      return errorOf(message);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }

  static String errorOf(JsonObject message) {
    if (!message.has("error")) {
      throw new AssertionError("no error: " + message);
    }
    return message.getAsJsonObject("error").get("message").getAsString();
  }

  JsonObject await(CompletableFuture<JsonObject> answer) {
    return Answer.await(answer, this::errors);
  }

  /// Closes its input, waits until it has ended, and returns its exit code.
  int close() throws IOException {
    input.close();
    return Processes.awaitExit(process, "the server");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Returns its resident memory in MB.
  long megabytes() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
              .sum()
          >> 10;
    }
  }

  /// Returns the number of entries in this directory of its `/proc`: `task` or `fd`.
  int count(String directory) throws IOException {
    int count = 0;
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(Path.of("/proc/" + process.pid(), directory))) {
      for (Path _ : entries) {
        count++;
      }
    }
    return count;
  }

  String errors() {
    return Texts.of(errors);
  }
}
