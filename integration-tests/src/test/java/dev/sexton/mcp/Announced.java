package dev.sexton.mcp;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testsupport.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Servers whose first line says where they listen.
final class Announced {
  private Announced() {}

  /// Starts a server and returns what it says, which includes its `url`.
  static JsonObject start(
      Processes processes, Traces traces, List<String> command, Path nodeModules)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(traces.home().resolve("stderr").toFile());
    builder.environment().clear();
    builder.environment().putAll(traces.environment());
    builder.environment().put("NODE_PATH", nodeModules.toString());
    Process process = processes.start(builder);
    String line = process.inputReader(StandardCharsets.UTF_8).readLine();
    if (line == null) {
      throw new AssertionError(String.join(" ", command) + " ends");
    }
    return JsonParser.parseString(line).getAsJsonObject();
  }
}
