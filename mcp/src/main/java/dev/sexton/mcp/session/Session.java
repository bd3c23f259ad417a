package dev.sexton.mcp.session;

import dev.sexton.InstanceTracker;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One session: its process, container, pod or job, its output, and the instance through which all
/// of it can be stopped. Each session is an instance of its own. Its marker is therefore on nothing
/// else, and what it started can be distinguished from other sessions. Thread-safe.
public final class Session {
  /// A state in the life of a session.
  public enum State {
    /// It is not ready yet.
    STARTING,
    /// It runs.
    RUNNING,
    /// It ended by itself.
    EXITED,
    /// It was stopped.
    STOPPED
  }

  /// The result of a stop.
  ///
  /// @param clean whether nothing of it is left
  /// @param millis how long the stop took
  public record StopResult(boolean clean, long millis) {}

  /// Time for the last output to arrive after the last process has ended.
  private static final Duration LAST_OUTPUT = Duration.ofMillis(500);

  private final String name;
  private final String client;
  private final InstanceTracker instance;
  private final SessionRuntime body;
  private final SessionOutput kept;
  private final Instant startedAt = Instant.now();
  private final CompletableFuture<StopResult> over = new CompletableFuture<>();
  private final AtomicReference<@Nullable String> stopReason = new AtomicReference<>();
  private CompletableFuture<Void> output = CompletableFuture.completedFuture(null);
  private volatile boolean ready;
  private volatile Instant lastUsed = startedAt;
  private volatile @Nullable Instant endedAt;

  Session(
      String name,
      String client,
      InstanceTracker instance,
      SessionRuntime body,
      SessionOutput kept) {
    this.name = name;
    this.client = client;
    this.instance = instance;
    this.body = body;
    this.kept = kept;
  }

  /// Starts to copy the output. Leftovers of the process are stopped when it ends.
  void begin(Duration grace) {
    output = body.copyOutput(kept.stdout(), kept.stderr());
    var _ =
        body.ended()
            .whenComplete(
                (code, failed) -> Thread.ofVirtual().name("session-end").start(() -> end(grace)));
  }

  public String name() {
    return name;
  }

  /// Returns the ID of the client session that started it.
  public String client() {
    return client;
  }

  /// Returns the UUID of its instance, as `sexton list` shows it.
  public String instanceId() {
    return instance.instanceId();
  }

  public SessionRuntime body() {
    return body;
  }

  public OutputRing stdout() {
    return kept.stdout();
  }

  public OutputRing stderr() {
    return kept.stderr();
  }

  public Instant startedAt() {
    return startedAt;
  }

  /// Returns when the last of it was gone; null while something runs.
  public @Nullable Instant endedAt() {
    return endedAt;
  }

  /// Returns why it was stopped; null if it was not.
  public @Nullable String stopReason() {
    return stopReason.get();
  }

  public State state() {
    if (endedAt == null) {
      return ready ? State.RUNNING : State.STARTING;
    }
    return stopReason.get() == null ? State.EXITED : State.STOPPED;
  }

  public boolean isActive() {
    return endedAt == null;
  }

  /// Returns the exit code of its process; null until all of it has ended, or if it is unknown.
  public @Nullable Integer exitCode() {
    CompletableFuture<Integer> ended = body.ended();
    return endedAt != null && ended.isDone() && !ended.isCompletedExceptionally()
        ? ended.getNow(null)
        : null;
  }

  /// Returns a future that completes when nothing of it runs any more.
  public CompletableFuture<StopResult> over() {
    return over;
  }

  void markReady() {
    ready = true;
  }

  /// Records that a client uses it.
  public void touch() {
    lastUsed = Instant.now();
  }

  /// Returns the time since which no client has used it and it has written nothing.
  Instant idleSince() {
    Instant latest = lastUsed;
    for (OutputRing ring : new OutputRing[] {stdout(), stderr()}) {
      Instant write = ring.lastWrite();
      latest = write.isAfter(latest) ? write : latest;
    }
    return latest;
  }

  /// Stops all of it, first with a polite request. Returns when it is gone or cannot be stopped.
  public StopResult stop(String reason, Duration grace) {
    if (endedAt == null) {
      stopReason.compareAndSet(null, reason);
    }
    return end(grace);
  }

  /// The first caller does the work, and the others wait for it.
  private StopResult end(Duration grace) {
    synchronized (over) {
      StopResult done = over.getNow(null);
      if (done != null) {
        return done;
      }
      long begun = System.nanoTime();
      instance.close(grace);
      awaitEnd();
      boolean clean = !Files.exists(instance.instanceFile());
      if (clean) {
        body.close();
      }
      endedAt = Instant.now();
      StopResult result = new StopResult(clean, (System.nanoTime() - begun) / 1_000_000);
      over.complete(result);
      return result;
    }
  }

  private void awaitEnd() {
    try {
      CompletableFuture.allOf(body.ended(), output)
          .get(LAST_OUTPUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException notSeen) {
      return; // The exit code stays unknown, or the end of the output has not arrived.
    }
  }

  /// Frees its kept output.
  void forget() {
    kept.stdout().close();
    kept.stderr().close();
  }

  /// Writes to its standard input.
  public void write(byte[] bytes, boolean end) throws IOException {
    var stdin = body.stdin();
    synchronized (stdin) {
      stdin.write(bytes);
      stdin.flush();
      if (end) {
        stdin.close();
      }
    }
  }
}
