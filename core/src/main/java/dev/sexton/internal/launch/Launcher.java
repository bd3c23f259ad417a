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

/// Starts processes of an instance so that none can be lost. The record and the sentinel are in
/// place before a process starts, and it carries the marker from its first instruction. Safe for
/// use by multiple threads.
public final class Launcher {
  /// The longest wait for the sentinel. It starts in milliseconds, and a launch must not hang
  /// without it.
  private static final Duration SENTINEL_LIMIT = Duration.ofSeconds(2);

  /// How long [#end] waits for launches that hang in the kernel.
  private static final long END_SECONDS = 5;

  private final RegisteredInstance record;
  private final String mark;
  private final @Nullable Sentinel sentinel;

  /// Held for reading by launches, and for writing by the thread that ends them.
  private final ReadWriteLock launching = new ReentrantReadWriteLock();

  private volatile boolean ended;

  /// Creates a launcher for an instance of this process.
  ///
  /// @param mark `{application}:{uuid}`
  /// @param sentinel null if there is none
  public Launcher(RegisteredInstance record, String mark, @Nullable Sentinel sentinel) {
    this.record = record;
    this.mark = mark;
    this.sentinel = sentinel;
  }

  /// Starts a process and tracks it until it ends.
  ///
  /// @throws IllegalStateException if the instance has ended
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
      record.enclose(process.pid()); // Processes that it forked earlier carry the marker.
      ProcessIdentity identity = record.trackChild(name, process.pid());
      CompletableFuture<Void> _ =
          process
              .onExit()
              .thenRunAsync(() -> record.untrack(name, identity), Thread::startVirtualThread);
      return process;
    } finally {
      launching.readLock().unlock();
    }
  }

  /// Prevents further launches, and waits until launches in progress are tracked.
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

  /// Returns whether a process with these variables opts out. The value in this process's own
  /// environment was inherited, so it says nothing about its children.
  public static boolean isKept(ProcessBuilder builder) {
    String value = builder.environment().get(InstanceMarker.KEEP);
    return InstanceMarker.optsOut(value)
        && !Objects.equals(value, System.getenv(InstanceMarker.KEEP));
  }
}
