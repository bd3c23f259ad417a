package dev.sexton.concurrency;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceTracker;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A server that registers, starts a child, sweeps and ends, ROUNDS times, in the state directory
/// STATE.
///
/// It prints `lived ID PID` for each instance that it unregistered. If it is told to `die`, it
/// prints `died ID PID` for the last instance and then dies without notice. Any unexpected state
/// ends it with an exception.
public final class Churn {
  private Churn() {}

  /// Runs the rounds, and may die at the end.
  public static void main(String... args) throws Exception {
    Path state = Path.of(args[0]);
    int rounds = Integer.parseInt(args[1]);
    boolean die = args[2].equals("die");
    System.out.println("ready");
    if (System.in.read() < 0) {
      throw new IOException("nobody says go");
    }
    for (int round = 1; round <= rounds; round++) {
      InstanceTracker instance =
          InstanceTracker.builder()
              .stateDirectory(state)
              .sweepOnRegister(round % 2 == 0)
              .sentinel(false)
              .register();
      check(instance.isRegistered(), "registered");
      Process child = new ProcessBuilder("sleep", "600").start();
      instance.trackProcess("child", child.pid());
      SweepReport report =
          Sweeper.builder()
              .stateDirectory(state)
              .environment(Map.of("HOME", state.toString()))
              .providers(List.of())
              .grace(Duration.ofSeconds(5))
              .resident(round % 2 == 1)
              .build()
              .sweep();
      check(report.problems().isEmpty(), "no problems but " + report);
      InstanceReport own =
          report.instances().stream()
              .filter(one -> one.instanceId().equals(instance.instanceId()))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("lost: " + instance.instanceId()));
      check(own.liveness() == Liveness.ALIVE, "alive: " + own);
      check(child.isAlive(), "the child is alive");
      Map<String, Long> recorded =
          InstanceTracker.loadFromFile(instance.instanceFile()).trackedProcesses();
      check(recorded.equals(Map.of("child", child.pid())), "recorded: " + recorded);
      if (die && round == rounds) {
        awaitOwnSweep();
        System.out.println("died " + instance.instanceId() + " " + child.pid());
        System.out.flush();
        Runtime.getRuntime().halt(0);
      }
      instance.untrackProcess("child");
      check(child.isAlive(), "the child is still alive");
      child.destroyForcibly().waitFor();
      instance.unregister();
      System.out.println("lived " + instance.instanceId() + " " + child.pid());
    }
    awaitOwnSweep();
  }

  /// Waits for the sweep that registering started. It may still be stopping leftovers, and would
  /// end with this JVM. SweepersTest covers sweepers that end midway: the next sweeper finds what
  /// they stopped gone, and journals again what they journaled.
  private static void awaitOwnSweep() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("sexton-sweep")) {
        thread.join();
      }
    }
  }

  private static void check(boolean so, String what) {
    if (!so) {
      throw new IllegalStateException("not so: " + what);
    }
  }
}
