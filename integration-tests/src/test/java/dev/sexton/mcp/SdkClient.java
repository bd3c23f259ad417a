package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Python;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.Texts;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A client on an official SDK, in its own process, with a `sexton mcp` as its child.
final class SdkClient {
  private static final long ANSWER_SECONDS = 90;

  private final Process process;
  private final BufferedWriter input;
  private final BufferedReader output;
  private final Path errors;
  private final Proc server;
  private final AtomicInteger last = new AtomicInteger();
  private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();
  private final List<String> strays = new CopyOnWriteArrayList<>();
  private final List<String> notifications = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Boolean> closed = new CompletableFuture<>();

  /// A request that was sent.
  final class Pending {
    private final int id = last.incrementAndGet();
    private final CompletableFuture<JsonObject> result = new CompletableFuture<>();
    private final List<String> progress = new CopyOnWriteArrayList<>();

    JsonObject result() {
      return Answer.await(result, SdkClient.this::errors);
    }

    Answer answer() {
      return Answer.of(result());
    }

    /// Returns the messages of the progress notifications so far.
    List<String> progress() {
      return progress;
    }

    boolean isAnswered() {
      return result.isDone() && !result.isCompletedExceptionally();
    }

    void cancel() {
      JsonObject order = new JsonObject();
      order.addProperty("op", "cancel");
      order.addProperty("id", id);
      tell(order);
    }
  }

  /// Starts a client and its server.
  ///
  /// @param sdk `python` or `typescript`
  /// @param options what follows `sexton mcp --state-dir DIR`
  SdkClient(Processes processes, Traces traces, String sdk, String... options) throws IOException {
    this(processes, traces, sdk, List.of(), server(traces, options));
  }

  /// Starts a client in its own environment.
  ///
  /// @param wrapper a program that replaces itself with the one in its arguments; empty for none
  /// @param serverCommand what the client starts
  SdkClient(
      Processes processes,
      Traces traces,
      String sdk,
      List<String> wrapper,
      List<String> serverCommand)
      throws IOException {
    String script = sdk.equals("python") ? "session.py" : "session.js";
    Path copy = traces.home().resolve(script);
    Python.copy("/dev/sexton/mcp/" + script, copy);
    List<String> command = new ArrayList<>(wrapper);
    command.add(sdk.equals("python") ? Sdks.python().resolve("bin/python").toString() : "node");
    command.add(copy.toString());
    command.addAll(serverCommand);
    errors = traces.home().resolve("stderr");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().clear();
    builder.environment().putAll(traces.environment());
    if (!sdk.equals("python")) {
      builder.environment().put("NODE_PATH", Sdks.typescript().resolve("node_modules") + "");
    }
    process = processes.start(builder);
    input = process.outputWriter(UTF_8);
    output = process.inputReader(UTF_8);
    String first = output.readLine();
    if (first == null) {
      throw new AssertionError("the client ends: " + errors());
    }
    server =
        processes.adopt(JsonParser.parseString(first).getAsJsonObject().get("server").getAsLong());
    Thread.ofPlatform().daemon().name("client-answers").start(this::listen);
  }

  /// Returns the command of a server with a short grace period.
  static List<String> server(Traces traces, String... options) {
    Path installed = traces.home().resolve("sexton");
    Path launcher =
        Files.exists(installed) ? installed.resolve("sexton") : Launcher.install(installed);
    List<String> command =
        new ArrayList<>(
            List.of(launcher.toString(), "mcp", "--state-dir", traces.state().toString()));
    command.addAll(List.of("--grace", "1s"));
    command.addAll(List.of(options));
    return command;
  }

  private void listen() {
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        hear(JsonParser.parseString(line).getAsJsonObject());
      }
    } catch (IOException | UncheckedIOException killed) {
      strays.add("(" + killed.getMessage() + ")");
    }
    pending.values().forEach(one -> one.result.cancel(false));
    closed.complete(false);
  }

  private void hear(JsonObject said) {
    if (said.has("stray")) {
      strays.add(said.get("stray").getAsString());
    } else if (said.has("notification")) {
      notifications.add(said.get("notification").getAsString());
    } else if (said.has("closed")) {
      closed.complete(true);
    } else {
      Pending one = pending.get(said.get("id").getAsInt());
      if (one == null) {
        strays.add(said.toString());
      } else if (said.has("progress")) {
        one.progress.add(said.has("message") ? said.get("message").getAsString() : "");
      } else if (said.has("result")) {
        one.result.complete(said.getAsJsonObject("result"));
      } else {
        one.result.completeExceptionally(new IOException(said.get("error").getAsString()));
      }
    }
  }

  private synchronized void tell(JsonObject order) {
    try {
      input.write(order + "\n");
      input.flush();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  /// Sends a request: `tools`, `resources`, `read`, `prompt` and so on.
  Pending ask(String operation, String name, Map<String, ?> arguments) {
    Pending one = new Pending();
    pending.put(one.id, one);
    JsonObject order = new JsonObject();
    order.addProperty("id", one.id);
    order.addProperty("op", operation);
    order.addProperty("name", name);
    order.add("arguments", new Gson().toJsonTree(arguments));
    tell(order);
    return one;
  }

  Pending begin(String tool, Map<String, ?> arguments) {
    return ask("call", tool, arguments);
  }

  Answer call(String tool, Map<String, ?> arguments) {
    return begin(tool, arguments).answer();
  }

  /// Ends the session in order, and returns when the SDK has done so.
  void close() {
    JsonObject order = new JsonObject();
    order.addProperty("op", "close");
    tell(order);
    if (!closed.orTimeout(ANSWER_SECONDS, SECONDS).join()) {
      throw new AssertionError("the client dies: " + errors());
    }
  }

  /// Kills it by SIGKILL.
  void kill() {
    process.destroyForcibly();
  }

  long pid() {
    return process.pid();
  }

  Proc server() {
    return server;
  }

  /// Returns the messages that no request waited for.
  List<String> strays() {
    return strays;
  }

  List<String> notifications() {
    return notifications;
  }

  String errors() {
    return Texts.of(errors);
  }
}
