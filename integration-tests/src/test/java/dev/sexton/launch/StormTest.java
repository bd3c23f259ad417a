package dev.sexton.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.Sweeper;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Kills owners at a random moment while they launch. Nothing of them may be left.
///
/// - `-Dsexton.launch.trials=1000`: the number of owners, 60 by default
/// - `-Dsexton.launch.seed=7`: the first seed, 1 by default
@Gate("takes minutes")
@EnabledOnOs(OS.LINUX)
class StormTest {
  private static final int DEFAULT_TRIALS = 60;

  /// The number of concurrent owners.
  private static final int LANES = 3;

  /// The longest time from registering to the kill. A launch takes a few milliseconds.
  private static final int LONGEST_LIFE_MILLIS = 250;

  /// Generous, because speed is measured elsewhere.
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /// Becomes the owner, with an older child that does not belong to the instance.
  private static final String WITH_CANARY =
      "sleep 600 >/dev/null 2>&1 </dev/null & echo $!; trial=$1; shift; SEXTONS_TRIAL=$trial exec \"$@\"";

  @TempDir Path home;

  private final List<Long> millis = Collections.synchronizedList(new ArrayList<>());

  private final AtomicInteger withoutSentinel = new AtomicInteger();

  @Test
  void nothingIsLeftOfOwnersThatAreKilledInAStormOfLaunches() throws Exception {
    int trials = Integer.getInteger("sexton.launch.trials", DEFAULT_TRIALS);
    long first = Long.getLong("sexton.launch.seed", 1);
    long begun = System.nanoTime();
    try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < trials; i++) {
        long seed = first + i;
        Callable<Void> trial =
            () -> {
              trial(seed);
              return null;
            };
        running.add(lanes.submit(trial));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
    List<Long> sorted = millis.stream().sorted().toList();
    System.out.printf(
        "storm: %d owners killed in %.0f s; their processes were gone after %d ms (median), %d ms"
            + " (longest); %d died before they launched anything and had a sentinel%n",
        trials,
        (System.nanoTime() - begun) / 1e9,
        sorted.get(sorted.size() / 2),
        sorted.getLast(),
        withoutSentinel.get());
  }

  private void trial(long seed) throws IOException {
    Random random = new Random(seed);
    String trial = UUID.randomUUID().toString();
    String variable = "SEXTONS_TRIAL=" + trial;
    Path state = home.resolve("state-" + seed);
    try (Processes processes = new Processes()) {
      ProcessBuilder builder =
          new ProcessBuilder(
              "setsid",
              "sh",
              "-c",
              WITH_CANARY,
              "sh",
              trial,
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-XX:-UsePerfData",
              "-Xmx64m",
              "-cp",
              System.getProperty("java.class.path"),
              StormOwner.class.getName(),
              state.toString(),
              Long.toString(seed),
              Python.python3().toString());
      builder.environment().clear();
      builder.environment().putAll(Server.environment(home));
      builder.redirectError(home.resolve("stderr-" + seed).toFile());
      Process owner = processes.start(builder);
      try {
        BufferedReader lines = owner.inputReader(UTF_8);
        Proc canary = processes.adopt(Long.parseLong(lines.readLine()));
        String instanceId = lines.readLine();
        assertThat(instanceId).as("seed %d registers", seed).isNotNull();
        LockSupport.parkNanos(random.nextInt(LONGEST_LIFE_MILLIS * 1000) * 1000L);
        owner.toHandle().destroyForcibly();
        long killed = System.nanoTime();
        awaitNoProcess(seed, variable, state, instanceId);
        millis.add((System.nanoTime() - killed) / 1_000_000);
        if (!"launched".equals(lines.readLine())) {
          // Its files are closed before it is a zombie; a sweep in between finds it alive.
          await("seed " + seed + ": the owner has ended", () -> !owner.isAlive());
          sweepWhatHadNoSentinelYet(seed, state, instanceId);
        }
        awaitNoFiles(seed, state, instanceId);
        awaitNoSentinel(seed, instanceId);
        assertThat(ProcScan.withVariable(variable)).as("seed %d: processes", seed).isEmpty();
        assertThat(canary.isRunning()).as("seed %d: the canary lives", seed).isTrue();
      } finally {
        for (long left : ProcScan.withVariable(variable)) {
          ProcessHandle.of(left).ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    }
  }

  /// Sweeps if the owner had no sentinel yet, because it died right after it registered and before
  /// it launched anything. Then its record, and nothing else, is left to the next sweep.
  private void sweepWhatHadNoSentinelYet(long seed, Path state, String instanceId)
      throws IOException {
    awaitNoSentinel(seed, instanceId);
    if (!files(state).isEmpty()) {
      withoutSentinel.incrementAndGet();
      Sweeper.builder().stateDirectory(state).build().sweep();
    }
  }

  private void awaitNoProcess(long seed, String variable, Path state, String instanceId)
      throws IOException {
    try {
      await(
          "seed " + seed + ": no process is left", () -> ProcScan.withVariable(variable).isEmpty());
    } catch (ConditionTimeoutException left) {
      StringBuilder what = new StringBuilder();
      for (long pid : ProcScan.withVariable(variable)) {
        what.append("left: ").append(ProcScan.describe(pid)).append('\n');
      }
      throw new AssertionError(what + describe(left, seed, state, instanceId), left);
    }
  }

  private String describe(ConditionTimeoutException left, long seed, Path state, String instanceId)
      throws IOException {
    StringBuilder what = new StringBuilder(left.getMessage()).append('\n');
    for (long pid : ProcScan.sentinelsOf(instanceId)) {
      what.append("sentinel: ").append(ProcScan.describe(pid)).append('\n');
    }
    return what.append(Files.readString(home.resolve("stderr-" + seed)))
        .append(contents(state))
        .toString();
  }

  private void awaitNoFiles(long seed, Path state, String instanceId) throws IOException {
    try {
      await("seed " + seed + ": no record and no lock is left", () -> files(state).isEmpty());
    } catch (ConditionTimeoutException left) {
      throw new AssertionError(describe(left, seed, state, instanceId), left);
    }
  }

  private static String contents(Path state) throws IOException {
    StringBuilder what = new StringBuilder();
    try (Stream<Path> files = Files.walk(state)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        what.append(file).append(":\n").append(Files.readString(file)).append('\n');
      }
    }
    return what.toString();
  }

  private static void awaitNoSentinel(long seed, String instanceId) {
    // For some time, because /proc shows no command line while a program replaces itself.
    Awaitility.await("seed " + seed + ": no sentinel is left")
        .atMost(DEADLINE)
        .during(Duration.ofMillis(100))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> ProcScan.sentinelsOf(instanceId).isEmpty());
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(DEADLINE).pollInterval(Duration.ofMillis(10)).until(condition);
  }

  private static List<String> files(Path state) throws IOException {
    try (Stream<Path> files = Files.list(state.resolve("instances"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
