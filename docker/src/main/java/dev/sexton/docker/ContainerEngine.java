package dev.sexton.docker;

import dev.sexton.docker.internal.discovery.Engine;
import dev.sexton.docker.internal.discovery.EngineDiscovery;
import dev.sexton.docker.internal.engine.ContainerStarter;
import dev.sexton.docker.internal.engine.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A container engine that answers. Safe for use by multiple threads. Holds no connections except
/// those of pulls in progress.
public final class ContainerEngine implements AutoCloseable {
  private final ContainerStarter starter;

  private ContainerEngine(ContainerStarter starter) {
    this.starter = starter;
  }

  /// {@return the engine that the docker command would use, discovered in the same way as by
  /// [DockerProviderFactory]} If there are several candidates, returns the first that answers.
  ///
  /// @param environment the environment variables, such as [System#getenv()]
  /// @throws IOException if none answers; the message lists what was tried, and what to do
  public static ContainerEngine find(Map<String, String> environment) throws IOException {
    List<Engine> engines = new EngineDiscovery(environment).discover();
    List<IOException> failures = new ArrayList<>();
    for (Engine engine : engines) {
      try {
        return new ContainerEngine(connect(engine));
      } catch (IOException e) {
        failures.add(e);
      }
    }
    if (failures.isEmpty()) {
      throw new IOException(
          "no container engine was found: neither Docker nor Podman has a socket in a usual place;"
              + " start one, or set DOCKER_HOST to its address");
    }
    IOException none =
        new IOException(
            "no container engine answers: "
                + String.join("; ", failures.stream().map(IOException::getMessage).toList()));
    failures.forEach(none::addSuppressed);
    throw none;
  }

  private static ContainerStarter connect(Engine engine) throws IOException {
    return switch (engine) {
      case Engine.Usable usable ->
          ContainerStarter.connect(usable.name(), usable.address(), Limits.DEFAULT);
      case Engine.Unusable unusable ->
          throw new IOException(unusable.name() + " cannot be used: " + unusable.problem());
    };
  }

  /// Creates and starts a container. It has no privileges, cannot gain any, and shares neither the
  /// network nor the processes of this machine. After it ends, it remains with its exit code and
  /// output until it is removed. The engine keeps the output as configured; the usual driver,
  /// json-file, keeps up to 30 MB.
  ///
  /// If the start fails, the container is removed again. If the engine does not answer, or the
  /// thread is interrupted, during creation, the container may remain in the created state. It then
  /// carries its labels but is never started.
  ///
  /// @param spec the container to create, with the labels of an instance (see
  ///   [dev.sexton.InstanceTracker#containerLabels])
  /// @param progress receives each step of a pull as a line, in the caller's thread
  /// @return the started container
  /// @throws java.io.InterruptedIOException if the thread is interrupted
  /// @throws IOException if the image is missing or cannot be pulled, the name or a port is in use,
  ///   or the engine fails in another way; the message is one line with the engine's own message
  public ContainerSession start(ContainerSpec spec, Consumer<String> progress) throws IOException {
    return starter.start(spec, progress);
  }

  /// Aborts pulls in progress. Sessions are not affected.
  @Override
  public void close() {
    starter.close();
  }
}
