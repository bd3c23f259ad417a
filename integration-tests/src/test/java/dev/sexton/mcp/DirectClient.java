package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Server;
import dev.sexton.testsupport.Processes;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A `sexton mcp` as a child of the test, which exchanges lines with it.
final class DirectClient {
  private final Path home;
  private final Process process;
  private final BufferedWriter input;
  private final BufferedReader output;
  private final List<JsonObject> notifications = new ArrayList<>();
  private int last;

  /// Starts a server with its state and errors below a home, and completes the handshake.
  DirectClient(Processes processes, Path home, Map<String, String> environment, String... options)
      throws IOException {
    this.home = home;
    List<String> command = new ArrayList<>();
    command.add(Launcher.install(home.resolve("sexton")).toString());
    command.addAll(List.of("mcp", "--state-dir", state().toString(), "--grace", "1s"));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errorFile());
    Server.setEnvironment(builder, home, environment);
    process = processes.start(builder);
    input = process.outputWriter(UTF_8);
    output = process.inputReader(UTF_8);
    ask("initialize", Answer.handshake("test"));
    send(Map.of("jsonrpc", "2.0", "method", "notifications/initialized"));
  }

  Process process() {
    return process;
  }

  /// Returns the state directory of its sessions.
  Path state() {
    return home.resolve("state");
  }

  private File errorFile() {
    return home.resolve("sexton.stderr").toFile();
  }

  String errors() throws IOException {
    return Files.readString(errorFile().toPath());
  }

  /// Returns the notifications received so far.
  List<JsonObject> notifications() {
    return notifications;
  }

  /// Calls a tool and returns the structured answer.
  JsonObject call(String tool, Map<String, ?> arguments) throws IOException {
    JsonObject result = result(tool, arguments);
    if (result.get("isError").getAsBoolean()) {
      throw new AssertionError(tool + ": " + text(result) + "\n" + errors());
    }
    return result.getAsJsonObject("structuredContent");
  }

  /// Calls a tool and returns why it refuses.
  String refusal(String tool, Map<String, ?> arguments) throws IOException {
    JsonObject result = result(tool, arguments);
    if (!result.get("isError").getAsBoolean()) {
      throw new AssertionError(tool + " does not refuse: " + text(result));
    }
    return text(result);
  }

  private JsonObject result(String tool, Map<String, ?> arguments) throws IOException {
    return ask(
        "tools/call",
        Map.of("name", tool, "arguments", arguments, "_meta", Map.of("progressToken", "wait")));
  }

  private static String text(JsonObject result) {
    JsonArray content = result.getAsJsonArray("content");
    return content.get(0).getAsJsonObject().get("text").getAsString();
  }

  private JsonObject ask(String method, Map<String, ?> parameters) throws IOException {
    int id = ++last;
    send(Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", parameters));
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      JsonObject message = JsonParser.parseString(line).getAsJsonObject();
      if (message.has("id") && message.get("id").getAsInt() == id && message.has("result")) {
        return message.getAsJsonObject("result");
      }
      if (message.has("id")) {
        throw new AssertionError("not an answer to " + method + ": " + message);
      }
      notifications.add(message);
    }
    throw new AssertionError("the server is gone: " + errors());
  }

  private void send(Map<String, ?> message) throws IOException {
    input.write(new Gson().toJson(message) + "\n");
    input.flush();
  }
}
