package dev.sexton.docker.internal.engine;

import com.google.gson.JsonObject;
import dev.sexton.Outcome;
import dev.sexton.internal.http.Backoff;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Stops a container's process. The engine's answer to a stop or a kill is only a hint. Engines
/// differ in their answers: a kill of a stopped container is 409 from Docker, 500 from Podman.
/// Therefore the container is always inspected to see whether it still runs.
///
/// Both calls also tell the engine that the container was stopped manually, so that its restart
/// policy does not restart it.
final class ContainerStopper {
  private final EngineClient client;
  private final Inspector inspector;

  ContainerStopper(EngineClient client, Inspector inspector) {
    this.client = client;
    this.inspector = inspector;
  }

  Outcome stop(LabelledResource container, Duration grace) throws IOException {
    ContainerState before = look(container);
    if (before == null || !before.mayRun()) {
      return Outcome.GONE;
    }
    if (!grace.isPositive()) {
      return force(container, before, null);
    }
    long graceSeconds = roundUp(grace);
    Duration limit = Duration.ofSeconds(graceSeconds).plus(client.limits().stop().margin());
    long start = System.nanoTime();
    HttpResponse response;
    try {
      response = post(container, "/stop?t=" + graceSeconds, limit);
      if (before.paused() && response.status() >= 400) {
        // Docker stops a paused container, but Podman must be told to unpause it first.
        post(container, "/unpause", client.limits().ask());
        response = post(container, "/stop?t=" + graceSeconds, limit);
      }
    } catch (IOException e) {
      return force(container, before, e);
    }
    boolean graceIsOver = System.nanoTime() - start >= Duration.ofSeconds(graceSeconds).toNanos();
    ContainerState after = look(container);
    if (after != null && after.mayRun()) {
      return force(container, after, client.refusal("POST stop of " + container.id(), response));
    }
    if (response.status() == 304 || response.status() == 404) {
      return Outcome.GONE;
    }
    // A container that was removed at its end (--rm) left no exit code. Then only the time tells.
    return graceIsOver && (after == null || after.wasKilled()) ? Outcome.KILLED : Outcome.STOPPED;
  }

  /// Kills the container and verifies that it no longer runs.
  ///
  /// @param before the last known state
  /// @param stopFailure why the request to stop failed; null if there was none
  private Outcome force(
      LabelledResource container, ContainerState before, @Nullable IOException stopFailure)
      throws IOException {
    long deadline = System.nanoTime() + client.limits().stop().kill().toNanos();
    IOException failure = kill(container, before);
    try {
      Backoff pause = new Backoff();
      for (ContainerState now = look(container); now != null && now.mayRun(); ) {
        if (System.nanoTime() - deadline >= 0) {
          throw failure != null ? failure : client.refusal(container.id() + " survived a kill");
        }
        pause.sleep();
        now = look(container);
      }
      // There was no request to stop, and the kill came too late: it had ended by itself.
      return stopFailure == null && failure instanceof RefusedException
          ? Outcome.GONE
          : Outcome.KILLED;
    } catch (IOException e) {
      if (stopFailure != null) {
        e.addSuppressed(stopFailure);
      }
      throw e;
    }
  }

  /// Kills the container. Returns the failure, or null if there is none. A kill that failed may
  /// still have worked.
  private @Nullable IOException kill(LabelledResource container, ContainerState before) {
    try {
      HttpResponse response = post(container, "/kill", client.limits().stop().kill());
      if (before.paused() && response.status() >= 400) {
        post(container, "/unpause", client.limits().ask());
        response = post(container, "/kill", client.limits().stop().kill());
      }
      return response.isSuccess()
          ? null
          : client.refusal("POST kill of " + container.id(), response);
    } catch (IOException e) {
      return e;
    }
  }

  private @Nullable ContainerState look(LabelledResource container) throws IOException {
    JsonObject description = inspector.look(container);
    if (description == null) {
      return null;
    }
    try {
      return ContainerState.of(description);
    } catch (IOException e) {
      throw client.nonsense("GET " + ResourcePath.of(container) + "/json", e);
    }
  }

  private HttpResponse post(LabelledResource container, String action, Duration limit)
      throws IOException {
    return client.call("POST", ResourcePath.of(container) + action, limit);
  }

  /// Rounds up, because the API takes whole seconds.
  private static long roundUp(Duration grace) {
    long seconds = grace.getSeconds() + (grace.getNano() > 0 ? 1 : 0);
    return Math.min(seconds, Integer.MAX_VALUE / 2);
  }
}
