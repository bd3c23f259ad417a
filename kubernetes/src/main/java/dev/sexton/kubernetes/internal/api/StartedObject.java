package dev.sexton.kubernetes.internal.api;

import dev.sexton.kubernetes.ClusterSession;
import dev.sexton.kubernetes.ClusterState;
import dev.sexton.kubernetes.CreatedObject;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;

/// A pod or job that was started, addressed by its name and UID.
final class StartedObject implements ClusterSession {
  private final ApiClient client;
  private final CreatedObject object;
  private final LabelledResource resource;
  private final StateReader reader;
  private final LogFollower log;
  private volatile boolean closed;

  /// Creates it.
  ///
  /// @param created its metadata
  /// @param marks the labels of its instance
  StartedObject(
      ApiClient client,
      CreatedObject object,
      ObjectKind kind,
      Metadata created,
      Map<String, String> marks) {
    this.client = client;
    this.object = object;
    this.resource =
        new LabelledResource(
            kind.reported(),
            object.uid(),
            ObjectName.reported(object.namespace(), object.name()),
            marks,
            new LabelledResource.Details("", "", null));
    this.reader = new StateReader(client, object.namespace(), kind, created);
    this.log = new LogFollower(client, object.namespace(), reader);
  }

  @Override
  public CreatedObject object() {
    return object;
  }

  @Override
  public ClusterState state() throws IOException {
    return reader.read().state();
  }

  @Override
  public void follow(OutputStream output) throws IOException {
    log.follow(output);
  }

  @Override
  public ClusterState await() throws IOException, InterruptedException {
    try {
      while (true) {
        if (closed) {
          throw new IOException("no further wait is possible: it was closed");
        }
        ClusterState state = state();
        if (state.hasEnded()) {
          return state;
        }
        Pause.sleep(client.limits().pause());
      }
    } catch (InterruptedIOException failed) {
      if (Thread.interrupted()) {
        InterruptedException interrupted = new InterruptedException(failed.getMessage());
        interrupted.initCause(failed);
        throw interrupted;
      }
      throw failed;
    }
  }

  @Override
  public void stop(Duration grace) throws IOException {
    var _ = new ObjectDeleter(client, object.namespace()).stop(resource, grace);
  }

  @Override
  public void close() {
    closed = true;
    log.close();
  }
}
