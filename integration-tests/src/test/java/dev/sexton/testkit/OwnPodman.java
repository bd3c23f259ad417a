package dev.sexton.testkit;

import static org.awaitility.Awaitility.await;

import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEngine;
import dev.sexton.testsupport.Requirement;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A Podman service that belongs to the tests and has its own storage.
public final class OwnPodman implements AutoCloseable {
  /// With Podman's own limits, containers do not start if the limits of this process are lower.
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

  private final Path storage;
  private final Processes processes = new Processes();
  private final Process service;

  /// Starts a service. Skips the test if Podman is not installed, or fails it if
  /// `SEXTON_REQUIRE_PODMAN` is 1.
  ///
  /// @param storage an empty directory for the service
  public OwnPodman(Path storage) throws IOException {
    this.storage = storage;
    Requirement.PODMAN.check(has("podman"), "Podman is not installed");
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
    this.service = processes.start(builder);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Files.exists(socket()) || !service.isAlive());
    if (!service.isAlive()) {
      throw new AssertionError(Files.readString(storage.resolve("service.log")));
    }
  }

  /// Returns its engine, through the docker command.
  public RealEngine engine() throws IOException {
    return RealEngine.at(host());
  }

  private static boolean has(String command) {
    try {
      Commands.run(List.of(command, "--version"));
      return true;
    } catch (UncheckedIOException absent) {
      return false;
    }
  }

  /// Returns a Podman command that uses the vfs driver. An overlay would have to be unmounted.
  private List<String> podman(String... arguments) {
    List<String> command = new ArrayList<>(List.of("podman", "--storage-driver", "vfs"));
    command.addAll(List.of("--root", storage.resolve("root").toString()));
    command.addAll(List.of("--runroot", storage.resolve("runroot").toString()));
    command.addAll(List.of("--tmpdir", storage.resolve("tmp").toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private Path socket() {
    return storage.resolve("podman.sock");
  }

  private String host() {
    return "unix://" + socket();
  }

  @Override
  public void close() {
    service.destroy();
    try {
      service.waitFor(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    processes.close();
  }
}
