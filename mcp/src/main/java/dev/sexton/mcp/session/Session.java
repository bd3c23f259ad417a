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

/**
 * One session: what runs, what it has said, and the instance by which all of it can be stopped. It
 * is an instance of its own, for then its mark is on nothing else, and everything that it started
 * can be told from the other sessions'. Safe for use by several threads.
 */
public final class Session {
  /** Where a session is in its life. */
  public enum State {
    /** It is not ready yet. */
    STARTING,
    /** It runs. */
    RUNNING,
    /** It ended by itself. */
    EXITED,
    /** It was stopped. */
    STOPPED
  }

  /**
   * What became of a stop.
   *
   * @param clean whether nothing of it is left
   * @param millis how long that took
   */
  public record StopResult(boolean clean, long millis) {}

  /** For the last output to come through after the last process has ended. */
  private static final Duration LAST_OUTPUT = Duration.ofMillis(500);

  private final String name;
  private final String client;
  private final InstanceTracker instance;
  private final SessionRuntime body;
  private final OutputRing stdout;
  private final OutputRing stderr;
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
      OutputRing stdout,
      OutputRing stderr) {
    this.name = name;
    this.client = client;
    this.instance = instance;
    this.body = body;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** Begins to listen; what its process leaves when it ends is stopped. */
  void begin(Duration grace) {
    output = body.copyOutput(stdout, stderr);
    var _ =
        body.ended()
            .whenComplete(
                (code, failed) -> Thread.ofVirtual().name("session-end").start(() -> end(grace)));
  }

  public String name() {
    return name;
  }

  /** Which client's session started it. */
  public String client() {
    return client;
  }

  /** The UUID of its instance, as {@code sexton list} shows it. */
  public String instanceId() {
    return instance.instanceId();
  }

  public SessionRuntime body() {
    return body;
  }

  public OutputRing stdout() {
    return stdout;
  }

  public OutputRing stderr() {
    return stderr;
  }

  public Instant startedAt() {
    return startedAt;
  }

  /** When the last of it was gone; null as long as something runs. */
  public @Nullable Instant endedAt() {
    return endedAt;
  }

  /** Why it was stopped; null if it was not. */
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

  /** The exit code of its process; null until all of it has ended, or if it is not known. */
  public @Nullable Integer exitCode() {
    CompletableFuture<Integer> ended = body.ended();
    return endedAt != null && ended.isDone() && !ended.isCompletedExceptionally()
        ? ended.getNow(null)
        : null;
  }

  /** Completed when nothing of it runs any more. */
  public CompletableFuture<StopResult> over() {
    return over;
  }

  void markReady() {
    ready = true;
  }

  /** Says that somebody takes an interest in it. */
  public void touch() {
    lastUsed = Instant.now();
  }

  /** Since when nobody has taken an interest, and it has said nothing. */
  Instant idleSince() {
    Instant latest = lastUsed;
    for (OutputRing ring : new OutputRing[] {stdout, stderr}) {
      Instant write = ring.lastWrite();
      latest = write.isAfter(latest) ? write : latest;
    }
    return latest;
  }

  /** Stops all of it, asking first; returns when it is gone, or cannot be stopped. */
  public StopResult stop(String reason, Duration grace) {
    if (endedAt == null) {
      stopReason.compareAndSet(null, reason);
    }
    return end(grace);
  }

  /** Whoever comes first does it, the others wait for it. */
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
      return; // The exit code stays unknown, or the end of the output is yet to come.
    }
  }

  /** Frees what is kept of its output. */
  void forget() {
    stdout.close();
    stderr.close();
  }

  /** Writes to its standard input. */
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
