package dev.sexton.mcp.session;

import dev.sexton.docker.ContainerEngine;
import dev.sexton.docker.ContainerSession;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A container.
final class ContainerRuntime implements SessionRuntime {
  private final ContainerEngine engine;
  private final ContainerSession container;
  private final String command;
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();

  ContainerRuntime(ContainerEngine engine, ContainerSession container, String command) {
    this.engine = engine;
    this.container = container;
    this.command = command;
    Thread.ofVirtual().name("container-end").start(this::awaitEnd);
  }

  private void awaitEnd() {
    try {
      ended.complete(container.await());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (IOException failed) {
      ended.completeExceptionally(failed); // The engine is gone, or this runtime was closed.
    }
  }

  @Override
  public String kind() {
    return "container";
  }

  @Override
  public String command() {
    return command;
  }

  @Override
  public @Nullable Long pid() {
    return null;
  }

  @Override
  public String containerId() {
    return container.id();
  }

  @Override
  public Map<Integer, Integer> ports() {
    return container.ports();
  }

  @Override
  public OutputStream stdin() throws IOException {
    throw new IOException("containers have no input");
  }

  @Override
  public CompletableFuture<Integer> ended() {
    return ended;
  }

  @Override
  public CompletableFuture<Void> copyOutput(OutputStream stdout, OutputStream stderr) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            container.follow(stdout, stderr);
          } catch (IOException engineOrSessionGone) {
            return;
          }
        },
        task -> Thread.ofVirtual().name("container-output").start(task));
  }

  @Override
  public void close() {
    container.close();
    engine.close();
  }
}
