package dev.sexton.internal.instance;

import dev.sexton.InstanceReport;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The sweep that registering starts. A server does not wait for it and cannot fail because of it.
public final class BackgroundSweep {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /// The sweeps in progress. A second sweep of the same would find the same.
  private static final Set<String> RUNNING = ConcurrentHashMap.newKeySet();

  private BackgroundSweep() {}

  /// Starts a sweep, unless one is in progress.
  public static void start(String application, @Nullable Path stateDirectory) {
    String key = application + "@" + stateDirectory;
    if (RUNNING.add(key)) {
      Thread.ofPlatform()
          .daemon()
          .name("sexton-sweep")
          .start(() -> {
            try {
              sweep(application, stateDirectory);
            } finally {
              RUNNING.remove(key);
            }
          });
    }
  }

  private static void sweep(String application, @Nullable Path stateDirectory) {
    Sweeper.Builder sweeper = Sweeper.builder().application(application).resident(true);
    if (stateDirectory != null) {
      sweeper.stateDirectory(stateDirectory);
    }
    try {
      log(sweeper.build().sweep());
    } catch (RuntimeException failed) {
      LOG.log(Level.WARNING, "the sweep failed; the next one tries again", failed);
    }
  }

  private static void log(SweepReport report) {
    for (InstanceReport instance : report.instances()) {
      if (instance.liveness() == Liveness.DEAD) {
        LOG.log(
            instance.isLeft() ? Level.WARNING : Level.INFO,
            "swept instance {0}: {1}; {2} resources, {3} left",
            instance.instanceId(),
            instance.reason(),
            instance.resources().size(),
            instance.left());
      }
    }
  }
}
