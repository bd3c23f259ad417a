package dev.sexton.mcp.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A process.
final class ProcessRuntime implements SessionRuntime {
  private final Process process;
  private final String command;
  private final CompletableFuture<Integer> ended;

  ProcessRuntime(Process process, String command) {
    this.process = process;
    this.command = command;
    this.ended = process.onExit().thenApply(Process::exitValue);
  }

  @Override
  public String kind() {
    return "process";
  }

  @Override
  public String command() {
    return command;
  }

  @Override
  public Long pid() {
    return process.pid();
  }

  @Override
  public @Nullable String containerId() {
    return null;
  }

  @Override
  public Map<Integer, Integer> ports() {
    return Map.of();
  }

  @Override
  public OutputStream stdin() {
    return process.getOutputStream();
  }

  @Override
  public CompletableFuture<Integer> ended() {
    return ended;
  }

  @Override
  public CompletableFuture<Void> copyOutput(OutputStream stdout, OutputStream stderr) {
    return CompletableFuture.allOf(
        copy(process.getInputStream(), stdout), copy(process.getErrorStream(), stderr));
  }

  /// Copies on a platform thread, since a read of a pipe would pin a virtual thread's carrier.
  private static CompletableFuture<Void> copy(InputStream from, OutputStream to) {
    return CompletableFuture.runAsync(
        () -> {
          try (from) {
            from.transferTo(to);
          } catch (IOException ended) {
            return; // The session was forgotten.
          }
        },
        task -> Thread.ofPlatform().daemon().name("session-output").start(task));
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close(); // The other streams end by themselves.
    } catch (IOException alreadyClosed) {
      return;
    }
  }
}
