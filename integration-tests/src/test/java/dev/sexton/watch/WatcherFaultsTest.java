package dev.sexton.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.FailureState;
import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Starts and kills servers while random faults hit their watcher. Nothing may be left and no other
/// process may be harmed.
///
/// - `-Dsexton.watcher.trials=500`: the number of trials, 60 by default; the gate runs 500
/// - `-Dsexton.watcher.seed=7`: the random seed, 1 by default
@Gate("takes minutes")
@EnabledOnOs(OS.LINUX)
class WatcherFaultsTest {
  private static final int DEFAULT_TRIALS = 60;

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final int MOST_SERVERS = 3;

  /// What happens to the watcher.
  private enum Fault {
    NONE,
    /// It is killed, and its shell restarts it.
    KILLED,
    /// It is killed with its shell, and the next server starts another one.
    KILLED_FOR_GOOD,
    /// It is stopped, and continues at the end of the trial.
    FROZEN,
    /// A user ends it.
    ENDED,
    /// Another watcher is started.
    DOUBLED,
    /// The file that names it is removed.
    UNNAMED,
    /// It cannot open any more files until the end of the trial.
    OUT_OF_DESCRIPTORS,
    /// The system gives it no more memory.
    OUT_OF_MEMORY
  }

  /// When the fault happens.
  private enum Moment {
    BEFORE_THE_SERVERS,
    WHILE_THEY_RUN,
    AFTER_THEIR_DEATH
  }

  @TempDir private Path home;
  private final Processes processes = new Processes();

  @RegisterExtension final FailureState failureState = new FailureState(() -> home);

  private @Nullable Path launcher;
  private @Nullable Proc frozen;
  private @Nullable Proc starved;

  @AfterEach
  void end() throws IOException, InterruptedException {
    thaw();
    processes.close();
    Watchers.end(root());
  }

  private Path root() {
    return home.resolve(".sexton");
  }

  /// Starts a server, which runs until the test ends it.
  private Process start(String... words) throws IOException {
    return processes.start(command(words));
  }

  /// Runs a command that ends by itself and returns its exit code. It may end before it can be
  /// seen.
  private int run(String... words) throws IOException, InterruptedException {
    return command(words).start().waitFor();
  }

  private ProcessBuilder command(String... words) {
    List<String> command = new ArrayList<>(List.of(String.valueOf(launcher)));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(Server.environment(home));
    return builder;
  }

  @Test
  void nothingIsLeftWhateverHappensToTheWatcher() throws IOException, InterruptedException {
    launcher = Launcher.install(home.resolve("sexton"));
    List<Proc> canaries = new ArrayList<>();
    for (String mark : List.of("SEXTON_INSTANCE=mcp:of-somebody-else", "A=B")) {
      Process canary = processes.start(new ProcessBuilder("env", mark, "setsid", "sleep", "6000"));
      canaries.add(processes.adopt(canary.pid()));
    }
    int trials = Integer.getInteger("sexton.watcher.trials", DEFAULT_TRIALS);
    long seed = Long.getLong("sexton.watcher.seed", 1);
    Random random = new Random(seed);
    for (int i = 0; i < trials; i++) {
      Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
      Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
      int servers = 1 + random.nextInt(MOST_SERVERS);
      String trial =
          "trial %d of seed %d: %d servers, %s %s".formatted(i, seed, servers, fault, moment);
      trial(trial, fault, moment, servers, random);
      assertThat(canaries).as(trial).allMatch(Proc::isRunning);
    }
  }

  private void trial(String trial, Fault fault, Moment moment, int servers, Random random)
      throws IOException, InterruptedException {
    if (moment == Moment.BEFORE_THE_SERVERS) {
      happen(fault);
    }
    List<Process> started = new ArrayList<>();
    List<Proc> left = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      Process server =
          start("run", "--grace", "1s", "sh", "-c", "setsid sleep 6000 & echo $!; exec sleep 6000");
      started.add(server);
      try (BufferedReader lines = server.inputReader()) {
        left.add(processes.adopt(Long.parseLong(lines.readLine())));
      }
    }
    if (moment == Moment.WHILE_THEY_RUN) {
      happen(fault);
    }
    for (Process server : started) {
      if (random.nextBoolean()) {
        server.destroyForcibly();
      } else {
        server.destroy();
      }
      server.waitFor();
    }
    if (moment == Moment.AFTER_THEIR_DEATH) {
      happen(fault);
    }
    thaw();
    assertThat(run("run", "true")).as(trial).isZero(); // As the next server would.
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          assertThat(left).as(trial).noneMatch(Proc::isRunning);
          assertThat(records()).as(trial).isEmpty();
        });
    assertThat(holders()).as(trial).hasSizeLessThanOrEqualTo(1);
  }

  private void happen(Fault fault) throws IOException, InterruptedException {
    Proc found = Watchers.of(root());
    Proc watcher = found != null && found.isRunning() ? found : null;
    switch (fault) {
      case NONE -> {}
      case KILLED -> {
        if (watcher != null) {
          watcher.kill();
        }
      }
      case KILLED_FOR_GOOD -> {
        if (watcher != null) {
          Watchers.killForGood(watcher);
        }
      }
      case FROZEN -> {
        if (watcher != null) {
          signal("STOP", watcher);
          frozen = watcher;
        }
      }
      case ENDED -> assertThat(run("watch", "--stop")).isZero();
      case DOUBLED -> assertThat(run("watch", "--background")).isZero();
      case UNNAMED -> Files.deleteIfExists(root().resolve("watcher"));
      case OUT_OF_DESCRIPTORS -> {
        if (watcher != null) {
          limit(watcher, "--nofile=8:");
          starved = watcher;
        }
      }
      case OUT_OF_MEMORY -> {
        if (watcher != null) {
          limit(watcher, "--as=1000000");
        }
      }
    }
  }

  private void thaw() throws IOException, InterruptedException {
    if (frozen != null) {
      signal("CONT", frozen);
      frozen = null;
    }
    if (starved != null) {
      limit(starved, "--nofile=1024:");
      starved = null;
    }
  }

  /// Changes a limit of a process. A trailing colon changes only the soft limit.
  private static void limit(Proc one, String limit) throws IOException, InterruptedException {
    if (one.isRunning()) {
      new ProcessBuilder("prlimit", "--pid", Long.toString(one.pid()), limit)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    }
  }

  private static void signal(String name, Proc one) throws IOException, InterruptedException {
    if (one.isRunning()) {
      new ProcessBuilder("kill", "-" + name, Long.toString(one.pid())).start().waitFor();
    }
  }

  private List<Path> records() throws IOException {
    List<Path> found = new ArrayList<>();
    try (var files = Files.newDirectoryStream(root().resolve("mcp/instances"), "*.json")) {
      files.forEach(found::add);
    }
    return found;
  }

  /// Returns the processes that hold the watcher lock of this root, as the kernel reports them.
  private List<String> holders() throws IOException {
    Object inode = Files.getAttribute(root().resolve("watcher.lock"), "unix:ino");
    return Files.readString(Path.of("/proc/locks"), StandardCharsets.US_ASCII)
        .lines()
        .filter(line -> line.contains(":" + inode + " ") && !line.contains("->"))
        .toList();
  }
}
