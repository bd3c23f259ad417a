package dev.sexton.torture;

import dev.sexton.InstanceReport;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// Sweeps the state directory STATE with a grace period of MILLIS.
///
/// It prints `ready` and begins when it reads a line. It prints `waiting` when it waits for a
/// process, and the result at the end.
public final class Sweeping {
  private Sweeping() {}

  /// Sweeps.
  public static void main(String... args) throws IOException {
    Path state = Path.of(args[0]);
    AtomicBoolean waiting = new AtomicBoolean();
    System.out.println("ready");
    if (System.in.read() < 0) {
      throw new IOException("nobody says go");
    }
    SweepReport report =
        Sweeper.builder()
            .stateDirectory(state)
            .environment(Map.of("HOME", state.toString()))
            .providers(List.of())
            .grace(Duration.ofMillis(Long.parseLong(args[1])))
            .progress((processes, remaining) -> {
              if (waiting.compareAndSet(false, true)) {
                System.out.println("waiting");
              }
            })
            .build()
            .sweep();
    for (InstanceReport instance : report.instances()) {
      System.out.printf(
          "%s %s %s%n", instance.instanceId(), instance.liveness(), instance.record());
      for (ResourceReport resource : instance.resources()) {
        System.out.printf("%s %s %s%n", instance.instanceId(), resource.name(), resource.outcome());
      }
    }
    for (SweepReport.Unclaimed unclaimed : report.unclaimed()) {
      System.out.printf("unclaimed %d %s%n", pid(unclaimed), unclaimed.reason());
    }
    System.out.println(report.isClean() ? "clean" : "left");
  }

  private static long pid(SweepReport.Unclaimed unclaimed) {
    return unclaimed instanceof SweepReport.UnclaimedProcess process ? process.pid() : 0;
  }
}
