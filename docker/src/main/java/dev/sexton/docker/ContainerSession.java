package dev.sexton.docker;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A container that was started. Safe for use by several threads. Closing it closes connections; it
 * does not stop the container, for that is what a sweep or {@code InstanceTracker.close} does, by
 * its labels.
 *
 * <p>Every call has a time limit but {@link #follow} and {@link #await}, which take as long as the
 * container does; {@link #close} and interrupting their thread end them.
 */
public interface ContainerSession extends AutoCloseable {
  /**
   * The exit code of a container that was removed before anybody asked for its exit code. No
   * container has it: theirs are 0 to 255.
   */
  int UNKNOWN_EXIT_CODE = -1;

  /** The engine's full id. */
  String id();

  /**
   * The port on this machine, at 127.0.0.1, of each mapped port of the container, as the engine
   * described it right after the start; without those of a container that had ended by then.
   */
  Map<Integer, Integer> ports();

  /**
   * Whether it runs, or is paused. False if it is gone.
   *
   * @throws IOException if the engine cannot be asked
   */
  boolean isRunning() throws IOException;

  /**
   * Its exit code, empty while it runs; 128 + the signal's number if a signal ended it. Of one that
   * is gone, what this object last knew, or else {@link #UNKNOWN_EXIT_CODE}.
   *
   * @throws IOException if the engine cannot be asked
   */
  OptionalInt exitCode() throws IOException;

  /**
   * Copies its output, from the beginning and as it comes, in the caller's thread; returns when the
   * container has ended or this object is closed. Flushes after each piece.
   *
   * @throws java.io.InterruptedIOException if the thread is interrupted
   * @throws IOException if the engine fails, or one of the streams does
   */
  void follow(OutputStream stdout, OutputStream stderr) throws IOException;

  /**
   * Waits until it has ended.
   *
   * @return as {@link #exitCode}
   * @throws InterruptedException if the thread is interrupted
   * @throws IOException if the engine fails, or this object is closed
   */
  int await() throws IOException, InterruptedException;

  /** Closes connections only: the container goes on. */
  @Override
  void close();
}
