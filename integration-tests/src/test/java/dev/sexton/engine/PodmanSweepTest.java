package dev.sexton.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sexton.testkit.Commands;
import dev.sexton.testkit.Processes;
import dev.sexton.testkit.RealEngine;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract on Podman's socket. The tests run a Podman of their own, with a storage of its own.
 * They are skipped if Podman is not installed, and fail instead if {@code SEXTON_REQUIRE_PODMAN} is
 * 1.
 */
@Tag("podman")
class PodmanSweepTest extends EngineSweepContract {
  /** Containers do not start under Podman's own idea of the limits if ours are lower. */
  private static final String CONFIGURATION =
      """
      [containers]
      default_ulimits=["nofile=20000:20000","nproc=1000:1000"]
      [network]
      network_backend="netavark"
      [engine]
      cgroup_manager="cgroupfs"
      events_logger="file"
      """;

  @TempDir static Path storage;
  private static final Processes SERVICES = new Processes();
  private static @Nullable Process service;

  @BeforeAll
  static void startPodman() throws IOException {
    boolean required = "1".equals(System.getenv("SEXTON_REQUIRE_PODMAN"));
    if (!isInstalled()) {
      if (required) {
        throw new AssertionError("Podman is not installed, and SEXTON_REQUIRE_PODMAN is set");
      }
      assumeTrue(false, "Podman is not installed");
    }
    String runtime = has("runc") ? "runtime=\"runc\"\n" : "";
    Path configuration = storage.resolve("containers.conf");
    Files.writeString(configuration, CONFIGURATION + runtime);
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(podman("system", "service", "--time=0", host()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(storage.resolve("service.log").toFile());
    builder.environment().put("CONTAINERS_CONF", configuration.toString());
    Process started = SERVICES.start(builder);
    service = started;
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Files.exists(socket()) || !started.isAlive());
    if (!started.isAlive()) {
      throw new AssertionError(Files.readString(storage.resolve("service.log")));
    }
  }

  private static boolean isInstalled() {
    return has("podman");
  }

  private static boolean has(String command) {
    try {
      Commands.run(List.of(command, "--version"));
      return true;
    } catch (UncheckedIOException absent) {
      return false;
    }
  }

  /** On file systems of its own: an overlay would have to be unmounted. */
  private static List<String> podman(String... arguments) {
    List<String> command = new ArrayList<>(List.of("podman", "--storage-driver", "vfs"));
    command.addAll(List.of("--root", storage.resolve("root").toString()));
    command.addAll(List.of("--runroot", storage.resolve("runroot").toString()));
    command.addAll(List.of("--tmpdir", storage.resolve("tmp").toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static Path socket() {
    return storage.resolve("podman.sock");
  }

  private static String host() {
    return "unix://" + socket();
  }

  @AfterAll
  static void endPodman() throws InterruptedException {
    Process running = service;
    if (running != null) {
      running.destroy();
      running.waitFor(30, TimeUnit.SECONDS);
    }
    SERVICES.close();
  }

  @Override
  RealEngine engine() throws IOException {
    return RealEngine.at(host());
  }
}
