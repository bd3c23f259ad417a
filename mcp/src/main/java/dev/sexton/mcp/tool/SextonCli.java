package dev.sexton.mcp.tool;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.cli.Io;
import dev.sexton.cli.Main;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Runs the commands of `sexton` in this process. The tools return what these print with `--json`,
/// so a program that can read one can read the other. Thread-safe.
public final class SextonCli {
  private static final TypeRef<Map<String, Object>> OBJECT = new TypeRef<>() {};

  /// A command is bounded by its grace period and by the limits of each call of an engine.
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final Map<String, String> environment;
  private final @Nullable Path stateDirectory;
  private final List<String> keep;

  /// Creates commands that look where this server registers its sessions.
  ///
  /// @param stateDirectory the only directory to look in; null for all known directories
  public SextonCli(Map<String, String> environment, @Nullable Path stateDirectory) {
    this(environment, stateDirectory, List.of());
  }

  /// Also takes patterns of programs that a sweep keeps.
  public SextonCli(
      Map<String, String> environment, @Nullable Path stateDirectory, List<String> keep) {
    this.keep = keep;
    this.environment = environment;
    this.stateDirectory = stateDirectory;
  }

  /// Runs a command that prints one document.
  public Map<String, Object> document(String... command) throws RefusalException {
    return parse(run(command));
  }

  /// Runs such a command with progress messages to the client, which may cancel the call.
  Map<String, Object> document(Call call, List<String> command) throws RefusalException {
    CompletableFuture<Map<String, Object>> document =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return document(command.toArray(String[]::new));
              } catch (RefusalException refused) {
                throw new CompletionException(refused);
              }
            },
            task -> Thread.ofVirtual().name("sexton-" + command.getFirst()).start(task));
    if (!call.await(
        document::isDone, LIMIT, () -> "sexton " + command.getFirst() + " is running")) {
      throw new RefusalException(
          "sexton " + command.getFirst() + " takes too long",
          "call history to see what it has" + " done");
    }
    if (document.isCompletedExceptionally()
        && document.exceptionNow() instanceof RefusalException refused) {
      throw refused;
    }
    return document.join();
  }

  /// Runs a command that prints one object per line.
  public List<Map<String, Object>> lines(String... command) throws RefusalException {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (String line : run(command).split("\n", -1)) {
      if (!line.isBlank()) {
        objects.add(parse(line));
      }
    }
    return objects;
  }

  private String run(String... command) throws RefusalException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.add("--json");
    if (stateDirectory != null) {
      arguments.add("--state-dir");
      arguments.add(stateDirectory.toString());
    }
    if (command[0].equals("list") || command[0].equals("sweep")) {
      for (String pattern : keep) {
        arguments.addAll(List.of("--keep", pattern));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Io io =
        new Io(
            new PrintStream(out, false, UTF_8),
            new PrintStream(err, false, UTF_8),
            false,
            false,
            environment);
    // Exit codes 0 and 1 are answers: nothing is left, or something is.
    if (Main.run(io, arguments.toArray(String[]::new)) > 1) {
      throw new RefusalException(
          "sexton " + command[0] + " failed", err.toString(UTF_8).strip().replace("sexton: ", ""));
    }
    return out.toString(UTF_8);
  }

  private static Map<String, Object> parse(String json) throws RefusalException {
    try {
      return McpJsonDefaults.getMapper().readValue(json, OBJECT);
    } catch (IOException unexpected) {
      throw new RefusalException(
          "the output of sexton is not JSON (" + unexpected.getMessage() + ")", "report it");
    }
  }

  /// Returns the objects of an array in a document.
  static List<Map<?, ?>> objects(Map<?, ?> document, String key) {
    List<Map<?, ?>> objects = new ArrayList<>();
    if (document.get(key) instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> object) {
          objects.add(object);
        }
      }
    }
    return objects;
  }
}
