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

/**
 * Ends a stdio server whose client is gone, and lets it clean up before. A client may close the
 * server's stdin, or die while somebody else still holds the other end open: so both are watched,
 * the end of stdin and the death of the parent process.
 *
 * <pre>{@code
 * InstanceTracker instance = InstanceTracker.builder().application("mcp").register();
 * ClientWatch client = ClientWatch.builder(instance::close).start();
 * serve(client.input(), System.out);
 * }</pre>
 *
 * <p>The callback is called once, on a thread of its own, whichever comes first. When it returns,
 * or has had its time, the JVM exits; when its shutdown hooks have had the same time again, it is
 * halted. So the server is gone after at most twice the {@linkplain Builder#grace grace}, whatever
 * hangs: with status 0 if the callback returned in time, else 1.
 *
 * <p>The end of stdin is seen by whoever reads {@link #input}: the server, or a library that it
 * gives the stream to. Nothing is read on its behalf. The death of the parent is seen within 250
 * ms, also while the parent is a zombie. Safe for use by any number of threads.
 */
public final class ClientWatch implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /**
   * How often the parent is looked for: one read of {@code /proc/self/stat}. The kernel gives an
   * orphan another parent the moment that its own dies, reaped or not, which a descriptor of the
   * parent's process would tell sooner and only where native calls are permitted.
   */
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

  /**
   * A watch that calls back when the client is gone.
   *
   * @param callback what cleans up, {@code instance::close} for example
   */
  public static Builder builder(Runnable callback) {
    return new Builder(callback);
  }

  /** What the server has to read instead of {@link System#in}. */
  public InputStream input() {
    return input;
  }

  /** Watches no longer, because the server ends by itself. Does nothing once it has called back. */
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

  /** An error is never taken for death. */
  private boolean parentLives() {
    long now = parent();
    return now == NONE || now == parent;
  }

  /** The parent's process ID; none if it cannot be told, or lies in another PID namespace. */
  private long parent() {
    return processes.find(processes.self()) instanceof ProcessLookup.Present self
        ? self.process().parent()
        : NONE;
  }

  /**
   * Calls back, the first time. The thread is no daemon, and runs before this returns: the server's
   * last thread may be about to end, and then the JVM waits for it.
   */
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
      LOG.log(Level.WARNING, "cleaning up after the client failed", failed);
      return false;
    }
  }

  /** Passes everything on, and tells of the end. */
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

  /** How to watch. Not safe for use by several threads. */
  public static final class Builder {
    private final Runnable callback;
    private InputStream input = System.in;
    private Duration grace = Duration.ofSeconds(20);
    private boolean parent = true;
    private boolean exit = true;

    private Builder(Runnable callback) {
      this.callback = Objects.requireNonNull(callback);
    }

    /** Another stream than {@link System#in} by which the client speaks. */
    public Builder input(InputStream input) {
      this.input = Objects.requireNonNull(input);
      return this;
    }

    /**
     * How long the callback may take, and the shutdown hooks after it. 20 s unless set: enough for
     * {@link InstanceTracker#close()}, which asks for 10 s and then forces.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder grace(Duration grace) {
      if (grace.isNegative()) {
        throw new IllegalArgumentException("a negative grace: " + grace);
      }
      this.grace = grace;
      return this;
    }

    /**
     * Whether the death of the parent process counts; it does unless set. For a server that is
     * started by something that ends before the client does, a launcher that forks for example.
     */
    public Builder watchParent(boolean watch) {
      this.parent = watch;
      return this;
    }

    /**
     * Whether the JVM exits after the callback; it does unless set. If not, the callback has all
     * the time in the world, and has to see to it that the server ends.
     */
    public Builder exit(boolean exit) {
      this.exit = exit;
      return this;
    }

    /** Starts watching. */
    public ClientWatch start() {
      ClientWatch watch = new ClientWatch(this);
      if (watch.parent != NONE) {
        Thread.ofPlatform().daemon().name("sexton-client-watch").start(watch::watchParent);
      }
      return watch;
    }
  }
}
