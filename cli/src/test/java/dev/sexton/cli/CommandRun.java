package dev.sexton.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.cli.output.Io;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The result of one run of the command, in a world in which its home is a test directory.
public record CommandRun(int exitCode, String out, String err) {
  public static CommandRun of(Path home, String... args) {
    return of(home, Map.of(), false, args);
  }

  public static CommandRun onTerminal(Path home, String... args) {
    return of(home, Map.of(), true, args);
  }

  public static CommandRun of(
      Path home, Map<String, String> environment, boolean terminal, String... args) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.putIfAbsent("HOME", home.toString());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Main.run(
            new Io(
                new PrintStream(out, false, UTF_8),
                new PrintStream(err, false, UTF_8),
                terminal,
                terminal,
                variables),
            args);
    return new CommandRun(exitCode, out.toString(UTF_8), err.toString(UTF_8));
  }

  /// Returns stdout, which must be one JSON document.
  public JsonObject json() {
    return JsonParser.parseString(out).getAsJsonObject();
  }

  public List<String> outLines() {
    return out.lines().toList();
  }

  public List<String> errLines() {
    return err.lines().toList();
  }
}
