package dev.sexton.testsupport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Runs commands to their end.
public final class Commands {
  /// Thrown when a command does not do what it was asked to do.
  public static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Failed(String message) {
      super(message);
    }
  }

  private Commands() {}

  /// Runs a command for at most a minute and returns its output, including stderr.
  public static String run(String... command) {
    return run(List.of(command));
  }

  /// Runs a command for at most a minute and returns its output, including stderr.
  public static String run(List<String> command) {
    return run(command, Map.of(), 60);
  }

  /// Runs a command and returns its output, including stderr.
  ///
  /// @param environment environment variables in addition to those of this JVM
  /// @param seconds how long it may take
  public static String run(List<String> command, Map<String, String> environment, long seconds) {
    try {
      Path output = Files.createTempFile("sexton-test", ".out");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(seconds, SECONDS);
        String text = new String(Files.readAllBytes(output), UTF_8).strip();
        if (!ended || process.exitValue() != 0) {
          process.destroyForcibly();
          throw new Failed(String.join(" ", command) + ": " + text);
        }
        return text;
      } finally {
        Files.delete(output);
      }
    } catch (IOException cannotRun) {
      throw new UncheckedIOException(cannotRun);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Failed(String.join(" ", command) + ": interrupted");
    }
  }
}
