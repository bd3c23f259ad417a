package dev.sexton.kubernetes;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/// A pod or a job that was started. Safe for use by multiple threads. Closing it closes connections
/// but does not stop the pod or job. [#stop], `InstanceTracker.close` or a sweep stops it.
///
/// Every call has a time limit except [#follow] and [#await], which take as long as the pod or job
/// runs. [#close] and an interrupt of their thread end them. They need no connection that lasts:
/// what they have waited for is not lost if the cluster cannot be reached for a while.
public interface ClusterSession extends AutoCloseable {
  /// {@return what was created}
  CreatedObject object();

  /// {@return the state now} An object that no longer exists, or whose name another object has, has
  /// ended.
  ///
  /// @throws IOException if the cluster cannot be asked; the message says why
  ClusterState state() throws IOException;

  /// Copies the output of the first container, from the beginning and as it arrives, in the
  /// caller's thread. The outputs of the pods of a job follow each other in the order of the pods'
  /// creation. The cluster does not tell stdout from stderr. Returns when the pod or job has ended
  /// and its output is complete, or this object is closed. Flushes after each piece.
  ///
  /// A connection that breaks is opened again, and the output continues where it has stopped. After
  /// an exception, a further call continues there, too. Only one thread copies at a time; others
  /// wait. What a container wrote before its node rotated its log, or before it was started again,
  /// may be missing if it was not copied by then.
  ///
  /// @param output receives the output; it is not closed
  /// @throws java.io.InterruptedIOException if the thread is interrupted
  /// @throws IOException if the cluster refuses or fails, or the stream does
  void follow(OutputStream output) throws IOException;

  /// Waits until the pod or job has ended. Looks once a second.
  ///
  /// @return the state at the end, as from [#state]
  /// @throws InterruptedException if the thread is interrupted
  /// @throws IOException if the cluster cannot be asked, or this object is closed; the pod or job
  ///   may still run, so call again
  ClusterState await() throws IOException, InterruptedException;

  /// Deletes the pod or job, and waits until it is gone. If it is gone already, or no longer has
  /// the instance's labels, or another object has its name now, does nothing.
  ///
  /// @param grace how long a pod has between the request to end and the forced end, at least one
  ///   second. The pods of a job have the grace period that their template gives them
  /// @throws IOException if it is not gone in time, or the cluster refuses or fails
  void stop(Duration grace) throws IOException;

  /// Closes connections only. The pod or job continues to run.
  @Override
  void close();
}
