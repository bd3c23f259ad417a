package dev.sexton.mcp.session;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The process, container, pod or job of a session. Thread-safe.
public interface SessionRuntime {
  /// Returns `process`, `container`, `pod` or `job`.
  String kind();

  /// Returns what it runs, for display in a list.
  String command();

  /// Returns the PID; null for anything but a process.
  @Nullable Long pid();

  /// Returns the container's ID; null for anything but a container.
  @Nullable String containerId();

  /// Returns where the pod or job is, as `CONTEXT/NAMESPACE/NAME`; null for anything else.
  default @Nullable String pod() {
    return null;
  }

  /// Returns the cluster's words about its end, such as `OOMKilled`; null if there are none.
  default @Nullable String detail() {
    return null;
  }

  /// Returns the port on this machine for each port of a container; empty for anything else.
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
