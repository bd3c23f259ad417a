package dev.sexton.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Runs two hundred servers at once. Half of them are killed and replaced repeatedly, and the
/// watcher must keep nothing of those that are gone.
///
/// `-Dsexton.churn.rounds=100` runs 100 rounds. The default is 10.
@Gate("takes minutes")
@EnabledOnOs(OS.LINUX)
class WatcherChurnTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SERVERS = 200;
  private static final int REPLACED = SERVERS / 2;
  private static final int WARM_UP_ROUNDS = 2;
  private static final int DEFAULT_ROUNDS = 10;

  /// A thousand servers that each left their record behind, which takes two kilobytes, would exceed
  /// this limit. Between two measurements without a leak, up to 0.6 MB were seen.
  private static final long MAX_GROWTH_BYTES = 1024 * 1024;

  /// A server and its child, which only the watcher ends.
  private record Pair(Process server, Proc child) {}

  /// What the watcher uses. The heap is measured after a full collection.
  private record Use(int descriptors, int threads, long liveHeapBytes) {}

  @TempDir private Path home;
  private final Processes processes = new Processes();
  private final Deque<Pair> running = new ArrayDeque<>();
  private Path launcher;

  @BeforeEach
  void install() {
    launcher = Launcher.install(home.resolve("sexton"));
  }

  @AfterEach
  void end() {
    processes.close();
    Watchers.end(root());
  }

  private Path root() {
    return home.resolve(".sexton");
  }

  @Test
  void theWatcherUsesAsMuchAfterADayOfChurnAsAfterItsFirstMinutes() throws Exception {
    start(SERVERS);
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      replace();
    }
    Proc watcher = watcher();
    measure(watcher); // Starts the thread that answers.
    Use before = measure(watcher);

    int rounds = Integer.getInteger("sexton.churn.rounds", DEFAULT_ROUNDS);
    for (int round = 0; round < rounds; round++) {
      replace();
    }

    assertThat(watcher()).as("no other watcher took over").isEqualTo(watcher);
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          Use after = measure(watcher);
          assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors());
          assertThat(after.threads()).isLessThanOrEqualTo(before.threads());
          assertThat(after.liveHeapBytes()).isLessThan(before.liveHeapBytes() + MAX_GROWTH_BYTES);
        });
  }

  private Proc watcher() {
    return Watchers.awaitHolding(root(), running.getLast().server().pid());
  }

  private void start(int count) throws IOException {
    List<Process> started = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ProcessBuilder builder =
          new ProcessBuilder(
              launcher.toString(), "run", "sh", "-c", "sleep 6000 & echo $!; exec sleep 6000");
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().clear();
      builder.environment().putAll(Server.environment(home));
      started.add(processes.start(builder));
    }
    for (Process server : started) {
      try (BufferedReader lines = server.inputReader()) {
        long child = Long.parseLong(Objects.requireNonNull(lines.readLine(), "no server"));
        running.add(new Pair(server, processes.adopt(child)));
      }
    }
  }

  private void replace() throws IOException {
    List<Pair> killed = new ArrayList<>();
    for (int i = 0; i < REPLACED; i++) {
      Pair oldest = running.remove();
      oldest.server().destroyForcibly();
      killed.add(oldest);
    }
    await().atMost(LIMIT).until(() -> killed.stream().noneMatch(pair -> pair.child().isRunning()));
    assertThat(running).allMatch(pair -> pair.server().isAlive() && pair.child().isRunning());
    start(REPLACED);
  }

  private static Use measure(Proc watcher) {
    Path entry = Path.of("/proc/" + watcher.pid());
    String histogram =
        Commands.run(
            List.of(
                System.getProperty("java.home") + "/bin/jcmd",
                Long.toString(watcher.pid()),
                "GC.class_histogram"));
    String[] total =
        histogram
            .lines()
            .filter(line -> line.startsWith("Total"))
            .findFirst()
            .orElseThrow()
            .strip()
            .split(" +", -1);
    return new Use(
        count(entry.resolve("fd")), count(entry.resolve("task")), Long.parseLong(total[2]));
  }

  private static int count(Path directory) {
    return Objects.requireNonNull(new File(directory.toString()).list(), "watcher gone").length;
  }
}
