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

/**
 * A container engine that answers. Safe for use by several threads. Holds no connection but for
 * pulls that are under way.
 */
public final class ContainerEngine implements AutoCloseable {
  private final ContainerStarter starter;

  private ContainerEngine(ContainerStarter starter) {
    this.starter = starter;
  }

  /**
   * The engine that the docker command would talk to, found as {@link DockerProviderFactory} finds
   * it. Where that leaves several, the first that answers.
   *
   * @param environment such as {@link System#getenv()}
   * @throws IOException if none answers; says which were tried, and what to do
   */
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
          "no container engine was found: neither Docker nor Podman has a socket at a usual place;"
              + " start one, or set DOCKER_HOST to where it listens");
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

  /**
   * Creates and starts a container. It has no privileges, cannot gain any, and shares no network
   * and no processes with this machine; it stays after its end, with exit code and output, until
   * somebody removes it. Its output is kept by the engine as that is configured; by the usual
   * driver, json-file, up to 30 MB of it.
   *
   * <p>If the start fails, the container is removed again. If the engine does not answer, or the
   * thread is interrupted, just when the container is created, it may stay as created, never
   * started; it carries its labels.
   *
   * @param progress is told each step of a pull as a line, in the caller's thread
   * @throws java.io.InterruptedIOException if the thread is interrupted
   * @throws IOException if the image is missing or cannot be pulled, the name or a port is in use,
   *     or the engine fails in another way; one line, with the engine's own message
   */
  public ContainerSession start(ContainerSpec spec, Consumer<String> progress) throws IOException {
    return starter.start(spec, progress);
  }

  /** Ends pulls that are under way. Sessions are not affected. */
  @Override
  public void close() {
    starter.close();
  }
}
