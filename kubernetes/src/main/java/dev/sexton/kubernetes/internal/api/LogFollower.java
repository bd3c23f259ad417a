package dev.sexton.kubernetes.internal.api;

import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.HttpStream;
import dev.sexton.internal.http.OpenStreams;
import dev.sexton.internal.http.PercentEncoding;
import dev.sexton.internal.http.TimeLimitException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Copies the logs of one pod, or of the pods of one job. Thread-safe.
final class LogFollower {
  private final ApiClient client;
  private final String namespace;
  private final StateReader reader;

  /// The UIDs of the pods whose output was copied to its end. Guarded by this.
  private final Set<String> complete = new HashSet<>();

  /// Guarded by this.
  private LogPosition position = new LogPosition();

  /// Since when the node does not answer, by [System#nanoTime]; null if it does. Guarded by this.
  private @Nullable Long failing;

  /// The connection of the current request; null if there is none. Guarded by `connection`'s lock.
  private @Nullable OpenStreams open;

  private boolean closed;
  private final Object connection = new Object();

  LogFollower(ApiClient client, String namespace, StateReader reader) {
    this.client = client;
    this.namespace = namespace;
    this.reader = reader;
  }

  /// Copies until the pod or job has ended and its output is complete, or this is closed.
  synchronized void follow(OutputStream output) throws IOException {
    while (!isClosed()) {
      StateReader.Look look = reader.read();
      PodState pod = next(look);
      if (pod == null && look.state().hasEnded()) {
        return;
      }
      // Whoever has ended before the request writes no more.
      boolean isLast = pod != null && (pod.state().hasEnded() || look.state().hasEnded());
      boolean isWhole = pod != null && (pod.hasLog() ? copy(pod, isLast, output) : isLast);
      if (pod != null && isLast && isWhole) {
        complete.add(pod.metadata().uid());
        position = new LogPosition();
      } else {
        sleep();
      }
    }
  }

  private @Nullable PodState next(StateReader.Look look) {
    for (PodState pod : look.pods()) {
      if (!complete.contains(pod.metadata().uid())) {
        return pod;
      }
    }
    return null;
  }

  /// Copies what a request returns. A connection that breaks is no failure while the pod runs,
  /// because the next request continues.
  ///
  /// @return whether the response has come to its end
  private boolean copy(PodState pod, boolean isLast, OutputStream output) throws IOException {
    String path =
        ObjectKind.POD.path(namespace)
            + "/"
            + pod.metadata().name()
            + "/log?timestamps=true&container="
            + PercentEncoding.encode(pod.container())
            + (isLast ? "" : "&follow=true")
            + position.query();
    try (OpenStreams streams = begin()) {
      Thread limit = limit(streams);
      try (HttpStream stream = client.follow(path, streams)) {
        if (!stream.isSuccess()) {
          return hasNoLog(pod, stream.whole());
        }
        failing = null;
        position.begin();
        copy(stream, output);
        return true;
      } catch (TimeLimitException unreachable) {
        throw unreachable;
      } catch (BrokenException broken) {
        if (isLast && !streams.isClosed()) {
          throw new IOException(broken.getMessage(), broken);
        }
        return false;
      } catch (IOException failed) {
        if (!streams.isClosed() || failed instanceof InterruptedIOException) {
          throw failed;
        }
        return false; // The time limit, or a close.
      } finally {
        limit.interrupt();
      }
    } finally {
      end();
    }
  }

  /// Thrown if a response breaks off.
  private static final class BrokenException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private void copy(HttpStream stream, OutputStream output) throws IOException {
    while (true) {
      ByteBuffer piece;
      try {
        piece = stream.next();
      } catch (InterruptedIOException interrupted) {
        throw interrupted;
      } catch (IOException failed) {
        throw new BrokenException(failed);
      }
      if (!piece.hasRemaining()) {
        return;
      }
      position.copy(piece, output);
      output.flush();
    }
  }

  /// Returns whether a response says that the container has no log: not yet, or because it never
  /// started. For a while, a node that does not answer is no failure.
  ///
  /// @throws IOException if the response says anything else
  private boolean hasNoLog(PodState pod, HttpResponse response) throws IOException {
    if (response.status() == 400 || ApiClient.isNotFound(response, pod.metadata().name())) {
      return true;
    }
    // An API server says so of a node whose connection breaks before the first line, too.
    if (response.status() >= 500) {
      long now = System.nanoTime();
      long since = failing == null ? now : failing;
      failing = since;
      if (now - since < client.limits().margin().toNanos()) {
        return false;
      }
      failing = null;
    }
    throw client.refusal("get pods/log", response);
  }

  private OpenStreams begin() throws IOException {
    synchronized (connection) {
      if (closed) {
        throw new IOException("it was closed");
      }
      OpenStreams streams = new OpenStreams();
      open = streams;
      return streams;
    }
  }

  private void end() {
    synchronized (connection) {
      open = null;
    }
  }

  private boolean isClosed() {
    synchronized (connection) {
      return closed;
    }
  }

  /// Ends a request after a while, because a connection that something between has forgotten says
  /// nothing for ever.
  private Thread limit(OpenStreams streams) {
    Duration limit = client.limits().follow();
    return Thread.ofVirtual()
        .name("pod-log-limit")
        .start(() -> {
          try {
            Thread.sleep(limit);
            streams.close();
          } catch (InterruptedException over) {
            return;
          }
        });
  }

  private void sleep() throws InterruptedIOException {
    Pause.sleep(client.limits().pause());
  }

  /// Ends the current copy, and permits no other.
  void close() {
    synchronized (connection) {
      closed = true;
      if (open != null) {
        open.close();
      }
    }
  }
}
