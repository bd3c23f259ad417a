package dev.sexton.mcp.session;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/// Creates something in an engine or a cluster, on a thread of its own, so that the call can be
/// cancelled meanwhile.
final class RemoteStart {
  /// An image may have to be pulled, and a node to be started.
  static final Duration LIMIT = Duration.ofMinutes(30);

  /// Time for an abandoned start to end, so that it does not create anything later.
  private static final Duration GIVING_UP = Duration.ofSeconds(10);

  /// Creates something.
  interface Creation<T> {
    /// Returns what was created. Ends when its thread is interrupted.
    T create() throws IOException;
  }

  private RemoteStart() {}

  /// Returns what was created. If the call is cancelled or fails, waits until the creation has
  /// ended.
  ///
  /// @param name the name of the thread
  /// @param progress what is being done
  /// @param problem what to say if the creation fails
  static <T> T await(
      String name, Creation<T> creation, Call call, Supplier<String> progress, String problem)
      throws RefusalException {
    CompletableFuture<T> created = new CompletableFuture<>();
    Thread creating =
        Thread.ofVirtual()
            .name(name)
            .start(() -> {
              try {
                created.complete(creation.create());
              } catch (IOException | RuntimeException failed) {
                created.completeExceptionally(failed);
              }
            });
    boolean done = false;
    try {
      done = call.await(created::isDone, LIMIT, progress);
      return created.join();
    } catch (CompletionException failed) {
      Throwable cause = failed.getCause();
      throw new RefusalException(
          problem, String.valueOf(cause == null ? failed.getMessage() : cause.getMessage()));
    } finally {
      if (!done) {
        giveUp(creating);
      }
    }
  }

  private static void giveUp(Thread creating) {
    try {
      creating.interrupt();
      creating.join(GIVING_UP);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
