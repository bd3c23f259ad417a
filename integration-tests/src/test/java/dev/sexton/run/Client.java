package dev.sexton.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.Processes;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A client with one server that `sexton run` starts.
final class Client {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path home;
  private final Process process;
  private final BufferedWriter input;
  private final BufferedReader output;
  private final Proc server;

  /// Starts a program as the client. It prints the server's process ID first.
  ///
  /// @param program its command, to which `sexton run` and its arguments are appended
  /// @param run what follows `sexton run --state-dir DIR`
  Client(
      Processes processes,
      Path home,
      Map<String, String> environment,
      List<String> program,
      List<String> run)
      throws IOException {

    this.home = home;
    Path launcher = Launcher.install(home.resolve("sexton"));
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of(launcher.toString(), "run", "--state-dir", state().toString()));
    command.addAll(run);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(home.resolve("stderr").toFile());
    Server.setEnvironment(builder, home, environment);
    process = processes.start(builder);
    input = process.outputWriter(UTF_8);
    output = process.inputReader(UTF_8);
    server = processes.adopt(Long.parseLong(output.readLine()));
  }

  /// Starts a client that is written in Python.
  ///
  /// @param run what follows `sexton run --state-dir DIR`
  static Client start(
      Processes processes, Path home, Map<String, String> environment, List<String> run)
      throws IOException {
    Path script = home.resolve("client.py");
    Python.copy("/dev/sexton/run/client.py", script);
    List<String> program = List.of(Python.python3().toString(), script.toString());
    return new Client(processes, home, environment, program, run);
  }

  Path state() {
    return home.resolve("state");
  }

  Proc server() {
    return server;
  }

  long pid() {
    return process.pid();
  }

  /// Tells it what to do to its server.
  void tell(String word) throws IOException {
    input.write(word + "\n");
    input.flush();
  }

  /// Tells it what to do, and returns the line that it answers.
  String ask(String line) throws IOException {
    tell(line);
    return Objects.requireNonNullElse(output.readLine(), "(it has ended)");
  }

  /// Returns the server's exit code as Python reports it: negative for a signal.
  int exitCode() throws IOException {
    return Integer.parseInt(ask("wait"));
  }

  void kill() {
    process.destroyForcibly();
  }

  /// Kills the client if `how` says so. Otherwise tells it what to do to its server.
  void end(String how) throws IOException {
    if (how.equals("client")) {
      kill();
    } else {
      tell(how);
    }
  }

  /// Returns the watcher, once it holds the server.
  Proc watcher() {
    return Watchers.awaitHolding(state(), server.pid());
  }

  /// Returns the path of the record. If there is no record, the file does not exist.
  Path record() throws IOException {
    Path instances = state().resolve("instances");
    if (!Files.isDirectory(instances)) {
      return instances.resolve("none");
    }
    try (var files = Files.list(instances)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .findFirst()
          .orElse(instances.resolve("none"));
    }
  }

  /// Waits until nothing of the server is left, no record and no lock, and then ends the watcher.
  void awaitNothing() {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          try (var files = Files.list(state().resolve("instances"))) {
            org.assertj.core.api.Assertions.assertThat(files).isEmpty();
          }
        });
    Watchers.end(state());
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          List<Long> left = new ArrayList<>(ProcScan.withArgument(state().toString()));
          left.remove(process.pid());
          org.assertj.core.api.Assertions.assertThat(left).isEmpty();
        });
  }

  String errors() throws IOException {
    return Files.readString(home.resolve("stderr"));
  }
}
