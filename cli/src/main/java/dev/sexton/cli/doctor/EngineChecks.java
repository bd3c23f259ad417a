package dev.sexton.cli.doctor;

import dev.sexton.spi.ResourceProvider;
import dev.sexton.spi.ResourceProviders;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Checks whether the container engines answer, how fast, and with which version.
final class EngineChecks {
  /// An engine that takes longer than this makes every sweep slow.
  private static final long SLOW_MILLIS = 2000;

  private EngineChecks() {}

  static void add(List<Check> checks, Map<String, String> environment) {
    List<ResourceProvider> engines = ResourceProviders.discover(environment);
    for (ResourceProvider engine : engines) {
      checks.add(check(engine));
      engine.close();
    }
    if (engines.isEmpty()) {
      checks.add(Check.ok("container engine", "no engine found, so no containers are looked for"));
    }
  }

  private static Check check(ResourceProvider engine) {
    String name = "container engine";
    try {
      engine.version(); // Not measured, since the first call sets things up.
      long begun = System.nanoTime();
      String version = engine.version();
      long millis = (System.nanoTime() - begun) / 1_000_000;
      String detail = engine.name() + ": " + version + ", answers in " + millis + " ms";
      return millis < SLOW_MILLIS
          ? Check.ok(name, detail)
          : Check.warning(name, detail, "find out why it is slow: every sweep waits for it");
    } catch (IOException unreachable) {
      return Check.warning(
          name,
          String.valueOf(unreachable.getMessage()),
          "fix this, or correct the variable that names it (DOCKER_HOST, SEXTON_KUBERNETES)");
    }
  }
}
