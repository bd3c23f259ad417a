package dev.sexton.docker;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.OptionalInt;

/// A started container. Safe for use by multiple threads. Closing it closes connections but does
/// not stop the container. A sweep or `InstanceTracker.close` stops it, by its labels.
///
/// Every call has a time limit except [#follow] and [#await], which take as long as the container
/// runs. [#close] and an interrupt of their thread end them.
public interface ContainerSession extends AutoCloseable {
  /// The exit code of a container that was removed before its exit code was requested. No container
  /// has this exit code: theirs are 0 to 255.
  int UNKNOWN_EXIT_CODE = -1;

  /// {@return the engine's full ID of the container}
  String id();

  /// {@return the port on this machine, at 127.0.0.1, for each mapped port of the container} The
  /// engine reported them right after the start. The map lacks the ports of a container that had
  /// already ended.
  Map<Integer, Integer> ports();

  /// {@return whether the container runs or is paused; false if it no longer exists}
  ///
  /// @throws IOException if the engine cannot be asked
  boolean isRunning() throws IOException;

  /// {@return the exit code; empty while the container runs} It is 128 + the signal's number if a
  /// signal ended the container. If the container no longer exists, returns the exit code last seen
  /// by this object, or else [#UNKNOWN_EXIT_CODE].
  ///
  /// @throws IOException if the engine cannot be asked
  OptionalInt exitCode() throws IOException;

  /// Copies the output from the beginning, and as it arrives, in the caller's thread. Returns when
  /// the container has ended or this object is closed. Flushes after each piece.
  ///
  /// @param stdout receives the container's stdout; is not closed
  /// @param stderr receives the container's stderr; is not closed
  /// @throws java.io.InterruptedIOException if the thread is interrupted
  /// @throws IOException if the engine or one of the streams fails
  void follow(OutputStream stdout, OutputStream stderr) throws IOException;

  /// Waits until the container has ended.
  ///
  /// @return the exit code, as from [#exitCode]
  /// @throws InterruptedException if the thread is interrupted
  /// @throws IOException if the engine fails or this object is closed
  int await() throws IOException, InterruptedException;

  /// Closes connections only. The container continues to run.
  @Override
  void close();
}
