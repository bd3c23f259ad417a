package dev.sexton.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.Server;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.Texts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/// What a test leaves on this machine, found without the code under test. Every process has a
/// variable of the test, or names its state directory.
final class Traces {
  /// Far more than a server with a grace period of a second needs.
  static final Duration LIMIT = Duration.ofSeconds(60);

  private final String mark = "TEST_RUN=" + UUID.randomUUID();
  private final Path home;

  Traces(Path home) {
    this.home = home;
  }

  Path home() {
    return home;
  }

  Path state() {
    return home.resolve("state");
  }

  /// Returns the environment of a client, which its server and all sessions inherit.
  Map<String, String> environment() {
    Map<String, String> environment = Server.environment(home);
    int separator = mark.indexOf('=');
    environment.put(mark.substring(0, separator), mark.substring(separator + 1));
    return environment;
  }

  /// Returns the processes that run now: client, server, sessions, and their helpers, but not the
  /// watcher.
  List<Long> processes() {
    TreeSet<Long> all = new TreeSet<>(ProcScan.withVariable(mark));
    all.addAll(ProcScan.withArgument(state().toString()));
    all.removeAll(ProcScan.watchersBelow(home)); // It stays a minute longer.
    return List.copyOf(all);
  }

  /// Returns the processes of one session, if this variable was given the session's name.
  static List<Long> ofSession(String name) {
    return ProcScan.withVariable("TEST_SESSION=" + name);
  }

  /// Remembers all of them, to be ended if the code under test does not end them.
  List<Proc> adopt(Processes processes) {
    return processes().stream().flatMap(pid -> adopt(processes, pid)).toList();
  }

  private static Stream<Proc> adopt(Processes processes, long pid) {
    try {
      return Stream.of(processes.adopt(pid));
    } catch (AssertionError gone) {
      return Stream.empty(); // A shell's "sleep 1" comes and goes.
    }
  }

  /// Waits until only these processes and no records are left.
  void awaitNone(Long... but) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          List<Long> left = new ArrayList<>(processes());
          left.removeAll(List.of(but));
          assertThat(left)
              .describedAs(
                  "%s%n%s", left.stream().map(ProcScan::describe).toList(), Texts.below(state()))
              .isEmpty();
          assertThat(files()).isEmpty();
        });
  }

  /// Returns records, locks, outputs and all other files there, except the journal, the list of
  /// boots and the watcher's files.
  List<String> files() {
    if (!Files.isDirectory(state())) {
      return List.of();
    }
    try (var files = Files.walk(state())) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> state().relativize(file).toString())
          .filter(file -> !file.matches("(journal|watcher).*|boots"))
          .toList();
    } catch (IOException | UncheckedIOException vanishing) {
      return List.of("(it changes: " + vanishing.getMessage() + ")");
    }
  }
}
