package dev.sexton.mcp.session;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The process or container of a session. Thread-safe.
public interface SessionRuntime {
  /// Returns `process` or `container`.
  String kind();

  /// Returns what it runs, for display in a list.
  String command();

  /// Returns the PID; null for a container.
  @Nullable Long pid();

  /// Returns the container's ID; null for a process.
  @Nullable String containerId();

  /// Returns the port on this machine for each port of the container; empty for a process.
  Map<Integer, Integer> ports();

  /// Returns its standard input.
  OutputStream stdin() throws IOException;

  /// A future with the exit code when it has ended: 128 + n if signal n killed it.
  CompletableFuture<Integer> ended();

  /// Copies its output in the background. The returned future completes at the end of the output.
  CompletableFuture<Void> copyOutput(OutputStream stdout, OutputStream stderr);

  /// Releases what this object holds, when all of it has ended.
  void close();
}
