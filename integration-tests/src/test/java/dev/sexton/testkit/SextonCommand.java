package dev.sexton.testkit;

import dev.sexton.testsupport.Jvm;
import dev.sexton.testsupport.Processes;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The sexton command in its own JVM, in the home of a test.
public final class SextonCommand {
  private final Process process;
  private final Path out;
  private final Path err;

  private SextonCommand(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /// Starts the command.
  public static SextonCommand start(Processes processes, Path home, String... arguments)
      throws IOException {
    return start(processes, home, List.of(), Map.of(), arguments);
  }

  /// Starts the command by another program, with more environment variables.
  ///
  /// @param by the other program and its arguments, such as nsenter
  public static SextonCommand start(
      Processes processes,
      Path home,
      List<String> by,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(by);
    command.addAll(
        Jvm.command("dev.sexton.cli.Main", "-Xmx128m", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(home, "sexton", ".out");
    Path err = Files.createTempFile(home, "sexton", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    Server.setEnvironment(builder, home, environment);
    return new SextonCommand(processes.start(builder), out, err);
  }

  /// Returns its process.
  public Process process() {
    return process;
  }

  /// Returns what it has printed to stdout so far.
  public String out() {
    return text(out);
  }

  /// Returns what it has printed to stderr so far.
  public String err() {
    return text(err);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
