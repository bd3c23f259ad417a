package dev.sexton.mcp.session;

import dev.sexton.InstanceTracker;
import dev.sexton.docker.ContainerEngine;
import dev.sexton.docker.ContainerSession;
import dev.sexton.docker.ContainerSpec;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;

/// Launches a container.
///
/// @param spec the specification, to which the instance's labels are added
/// @param environment the variables that say where the engine is
public record ContainerLauncher(
    ContainerSpec.Builder spec, String command, Map<String, String> environment)
    implements SessionLauncher {
  /// An image may have to be pulled.
  private static final Duration LIMIT = Duration.ofMinutes(30);

  /// Time for an abandoned start to end, so that it does not create anything later.
  private static final Duration GIVING_UP = Duration.ofSeconds(10);

  @Override
  public SessionRuntime start(InstanceTracker instance, Call call)
      throws IOException, RefusalException {
    ContainerSpec labelled = spec.labels(instance.containerLabels()).build();
    instance.flush(); // The record announces a possible container before one exists.
    ContainerEngine engine = ContainerEngine.find(environment);
    AtomicReference<String> progress = new AtomicReference<>("starting " + labelled.image());
    CompletableFuture<ContainerSession> started = new CompletableFuture<>();
    Thread starting =
        Thread.ofVirtual()
            .name("container-start")
            .start(() -> {
              try {
                started.complete(engine.start(labelled, progress::set));
              } catch (IOException | RuntimeException failed) {
                started.completeExceptionally(failed);
              }
            });
    boolean done = false;
    try {
      done = call.await(started::isDone, LIMIT, progress::get);
      return new ContainerRuntime(engine, started.join(), command);
    } catch (CompletionException failed) {
      engine.close();
      Throwable cause = failed.getCause();
      throw new RefusalException(
          "the container cannot be started",
          String.valueOf(cause == null ? failed.getMessage() : cause.getMessage()));
    } finally {
      if (!done) {
        giveUp(starting, engine);
      }
    }
  }

  private static void giveUp(Thread starting, ContainerEngine engine) {
    try (engine) {
      starting.interrupt();
      starting.join(GIVING_UP);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
