package dev.sexton.mcp.session;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What runs in a session: a process or a container. Safe for use by several threads. */
public interface SessionRuntime {
  /** {@code process} or {@code container}. */
  String kind();

  /** What it runs, for a list. */
  String command();

  /** The process ID; null of a container. */
  @Nullable Long pid();

  /** The container's ID; null of a process. */
  @Nullable String containerId();

  /** The port on this machine of each port of the container; empty for a process. */
  Map<Integer, Integer> ports();

  /** Its standard input. */
  OutputStream stdin() throws IOException;

  /** Completed with the exit code when it has ended: 128 + n if signal n killed it. */
  CompletableFuture<Integer> ended();

  /** Copies its output; what it returns, at once, is completed when the output has ended. */
  CompletableFuture<Void> copyOutput(OutputStream stdout, OutputStream stderr);

  /** Lets go of what it holds here, when all of it has ended. */
  void close();
}
