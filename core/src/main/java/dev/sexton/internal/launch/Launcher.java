package dev.sexton.internal.launch;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.sexton.internal.instance.RegisteredInstance;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Starts processes of an instance so that none can be lost: while a process is started, the record
 * and the sentinel are in place already, and from its first instruction on it carries the mark.
 * Safe for use by several threads.
 */
public final class Launcher {
  /** A sentinel takes milliseconds to start; a launch must not hang for want of one. */
  private static final Duration SENTINEL_LIMIT = Duration.ofSeconds(2);

  /** How long the end waits for launches that hang in the kernel. */
  private static final long END_SECONDS = 5;

  private final RegisteredInstance record;
  private final String mark;
  private final @Nullable Sentinel sentinel;

  /** Read by those who launch, written by whoever ends it. */
  private final ReadWriteLock launching = new ReentrantReadWriteLock();

  private volatile boolean ended;

  /**
   * For an instance of this process.
   *
   * @param mark {@code {application}:{uuid}}
   * @param sentinel null if there is none
   */
  public Launcher(RegisteredInstance record, String mark, @Nullable Sentinel sentinel) {
    this.record = record;
    this.mark = mark;
    this.sentinel = sentinel;
  }

  /**
   * Starts a process and tracks it until it ends.
   *
   * @throws IllegalStateException if the instance has ended
   */
  public Process launch(String name, ProcessBuilder builder) throws IOException {
    launching.readLock().lock();
    try {
      if (ended) {
        throw new IllegalStateException(
            "the instance " + mark + " is closed: nothing would track " + name);
      }
      builder.environment().put(InstanceMarker.VARIABLE, mark);
      builder.environment().remove(InstanceMarker.KEEP);
      if (sentinel != null) {
        sentinel.await(SENTINEL_LIMIT);
      }
      record.makeControlGroup();
      record.secure();
      Process process = SerializedStart.start(builder);
      record.enclose(process.pid()); // What it has forked before carries the mark.
      ProcessIdentity identity = record.track(name, process.pid());
      CompletableFuture<Void> _ =
          process
              .onExit()
              .thenRunAsync(() -> record.untrack(name, identity), Thread::startVirtualThread);
      return process;
    } finally {
      launching.readLock().unlock();
    }
  }

  /** Lets nothing be launched any more, and waits until what is being launched is tracked. */
  public void end() {
    ended = true;
    try {
      if (launching.writeLock().tryLock(END_SECONDS, SECONDS)) {
        launching.writeLock().unlock();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether a process with these variables opts out. The value that this very process has was
  /// inherited, and says nothing about its children.
  public static boolean isKept(ProcessBuilder builder) {
    String value = builder.environment().get(InstanceMarker.KEEP);
    return InstanceMarker.optsOut(value)
        && !Objects.equals(value, System.getenv(InstanceMarker.KEEP));
  }
}
