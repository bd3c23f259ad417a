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

/**
 * A server that registers, starts a child, sweeps and leaves, ROUNDS times, in STATE. Prints {@code
 * lived ID PID} for each instance that it saw through to its end, and {@code died ID PID} for the
 * last one, if it is told to {@code die}, which it then does without a word. Whatever is not as it
 * has to be ends it with an exception.
 */
public final class Churn {
  private Churn() {}

  /** Lives and maybe dies. */
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

  /**
   * A sweep that registering started may still be stopping what another left, and would end with
   * this JVM. Sweepers that end half-way are the subject of SweepersTest: what they stopped the
   * next one finds gone, and what they journaled it journals again.
   */
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
