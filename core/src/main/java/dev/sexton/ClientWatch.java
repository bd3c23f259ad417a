package dev.sexton;

import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Ends a stdio server when its client is gone, after giving it time to clean up. A client may
/// close the server's stdin, or it may die while another process still holds the other end open.
/// Therefore both are watched: the end of stdin and the death of the parent process.
///
/// ```
/// InstanceTracker instance = InstanceTracker.builder().application("mcp").register();
/// ClientWatch client = ClientWatch.builder(instance::close).start();
/// serve(client.input(), System.out);
/// ```
///
/// The callback is called once, at the first of the two events, on a thread of its own. The JVM
/// exits when it returns or when the [grace period][Builder#grace] is over. If the shutdown hooks
/// then take longer than another grace period, the JVM is halted. The server therefore ends within
/// twice the grace period, no matter what hangs. The exit status is 0 if the callback and the
/// shutdown hooks finish in time, otherwise 1.
///
/// The end of stdin is noticed only when the server, or a library, reads it from [#input]. This
/// class reads nothing by itself. The death of the parent is noticed within 250 ms, also while the
/// parent is a zombie. Instances are safe for use by multiple threads.
public final class ClientWatch implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /// The interval between checks of the parent. Each check is one read of `/proc/self/stat`. The
  /// kernel gives an orphan another parent as soon as its own dies, reaped or not. A descriptor of
  /// the parent's process would tell sooner, but only where native calls are permitted.
  private static final long LOOK_MILLIS = 250;

  private static final long NONE = 0;

  private final Builder settings;
  private final ProcessTable processes = Platform.residentProcesses();
  private final long parent;
  private final WatchedInput input;
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicBoolean settled = new AtomicBoolean();

  private ClientWatch(Builder settings) {
    this.settings = settings;
    this.parent = settings.parent ? parent() : NONE;
    this.input = new WatchedInput(settings.input);
  }

  /// {@return a builder for a watch that calls back when the client is gone}
  ///
  /// @param callback the cleanup, for example `instance::close`
  public static Builder builder(Runnable callback) {
    return new Builder(callback);
  }

  /// {@return the stream that the server must read instead of [System#in]} A failed read counts as
  /// the end of stdin, unless the stream was closed.
  public InputStream input() {
    return input;
  }

  /// Stops watching, because the server ends by itself. Has no effect after the callback was
  /// called.
  @Override
  public void close() {
    settled.set(true);
    over.countDown();
  }

  private void watchParent() {
    try {
      while (!over.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (!parentLives()) {
          gone("the parent process has died");
        }
      }
    } catch (InterruptedException nobodyDoes) {
      Thread.currentThread().interrupt();
    }
  }

  /// Returns whether the parent is alive. A failed lookup is never taken for its death.
  private boolean parentLives() {
    long now = parent();
    return now == NONE || now == parent;
  }

  /// Returns the parent's PID, or [#NONE] if it cannot be determined or is in another PID
  /// namespace.
  private long parent() {
    return processes.find(processes.self()) instanceof ProcessLookup.Present self
        ? self.process().parent()
        : NONE;
  }

  /// Calls back, the first time. The thread is not a daemon and is started before this method
  /// returns. The server's last thread may be about to end, and this makes the JVM wait for the
  /// callback.
  private void gone(String reason) {
    if (!settled.compareAndSet(false, true)) {
      return;
    }
    over.countDown();
    AtomicBoolean returned = new AtomicBoolean();
    Thread callback =
        Thread.ofPlatform().name("sexton-client-gone").start(() -> returned.set(callBack(reason)));
    if (settings.exit) {
      Thread.ofPlatform().daemon().name("sexton-exit").start(() -> exit(callback, returned));
    }
  }

  private void exit(Thread callback, AtomicBoolean returned) {
    try {
      callback.join(settings.grace);
      int status = returned.get() ? 0 : 1;
      Thread.ofPlatform().daemon().start(() -> System.exit(status)).join(settings.grace);
    } catch (InterruptedException nobodyDoes) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(1);
  }

  private boolean callBack(String reason) {
    try {
      LOG.log(Level.INFO, "the client is gone: {0}", reason);
      settings.callback.run();
      return true;
    } catch (RuntimeException failed) {
      LOG.log(Level.WARNING, "the cleanup after the client's end failed", failed);
      return false;
    }
  }

  /// Passes all reads on and reports the end of the stream.
  private final class WatchedInput extends FilterInputStream {
    private volatile boolean closed;

    WatchedInput(InputStream input) {
      super(input);
    }

    @Override
    public int read() throws IOException {
      return told(super::read);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return told(() -> super.read(buffer, offset, length));
    }

    private interface Read {
      int run() throws IOException;
    }

    private int told(Read read) throws IOException {
      boolean ended = true;
      try {
        int result = read.run();
        ended = result < 0;
        return result;
      } finally {
        if (ended && !closed) {
          gone("stdin has ended");
        }
      }
    }

    @Override
    public void close() throws IOException {
      closed = true;
      super.close();
    }
  }

  /// Configures a [ClientWatch]. Not safe for use by multiple threads.
  public static final class Builder {
    private final Runnable callback;
    private InputStream input = System.in;
    private Duration grace = Duration.ofSeconds(20);
    private boolean parent = true;
    private boolean exit = true;

    private Builder(Runnable callback) {
      this.callback = Objects.requireNonNull(callback);
    }

    /// Sets the stream from which the client's messages are read, [System#in] by default.
    ///
    /// @param input the stream that [ClientWatch#input()] reads
    /// @return this builder
    public Builder input(InputStream input) {
      this.input = Objects.requireNonNull(input);
      return this;
    }

    /// Sets how long the callback may take, and then the shutdown hooks. The default of 20 s is
    /// enough for [InstanceTracker#close()], which forces the end of processes after 10 s.
    ///
    /// @param grace the time for each of the two
    /// @return this builder
    /// @throws IllegalArgumentException if it is negative
    public Builder grace(Duration grace) {
      this.grace = Durations.requireNotNegative("grace period", grace);
      return this;
    }

    /// Sets whether the parent process is watched, true by default. Switch it off if the server's
    /// parent ends before the client does, for example a launcher that forks.
    ///
    /// @param watch false to notice only the end of stdin
    /// @return this builder
    public Builder watchParent(boolean watch) {
      this.parent = watch;
      return this;
    }

    /// Sets whether the JVM exits after the callback, true by default. If false, the callback has
    /// no time limit and must make sure that the server ends.
    ///
    /// @param exit false to let the JVM run on
    /// @return this builder
    public Builder exit(boolean exit) {
      this.exit = exit;
      return this;
    }

    /// Starts watching.
    ///
    /// @return the watch, whose [ClientWatch#input()] the server has to read from now on
    public ClientWatch start() {
      ClientWatch watch = new ClientWatch(this);
      if (watch.parent != NONE) {
        Thread.ofPlatform().daemon().name("sexton-client-watch").start(watch::watchParent);
      }
      return watch;
    }
  }
}
