package dev.sexton.docker.internal.engine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.docker.ContainerSession;
import dev.sexton.internal.http.Backoff;
import dev.sexton.internal.http.HttpStream;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.OpenStreams;
import dev.sexton.internal.http.Text;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A started container, addressed by its ID.
final class RunningContainer implements ContainerSession {
  private final EngineClient client;
  private final Inspector inspector;
  private final LabelledResource container;
  private final Map<Integer, Integer> ports;
  private final OpenStreams streams = new OpenStreams();

  /// Null until it is known. Then it does not change.
  private volatile @Nullable Integer exitCode;

  RunningContainer(EngineClient client, LabelledResource container, Map<Integer, Integer> ports) {
    this.client = client;
    this.inspector = new Inspector(client);
    this.container = container;
    this.ports = Collections.unmodifiableMap(new TreeMap<>(ports));
  }

  @Override
  public String id() {
    return container.id();
  }

  @Override
  public Map<Integer, Integer> ports() {
    return ports;
  }

  @Override
  public boolean isRunning() throws IOException {
    return exitCode().isEmpty();
  }

  @Override
  public OptionalInt exitCode() throws IOException {
    Integer known = exitCode;
    if (known != null) {
      return OptionalInt.of(known);
    }
    JsonObject description = inspector.look(container);
    if (description == null) {
      return OptionalInt.of(UNKNOWN_EXIT_CODE);
    }
    ContainerState state;
    try {
      state = ContainerState.of(description);
    } catch (IOException e) {
      throw client.nonsense("GET " + path("/json"), e);
    }
    return state.mayRun() ? OptionalInt.empty() : OptionalInt.of(remember(state.exitCode()));
  }

  @Override
  public void follow(OutputStream stdout, OutputStream stderr) throws IOException {
    LogFrames frames = new LogFrames(stdout, stderr);
    Backoff pause = new Backoff();
    try {
      copy("/logs?follow=1&stdout=1&stderr=1", frames);
      while (exitCode().isEmpty()) {
        pause.sleep();
        copy("/logs?follow=1&stdout=1&stderr=1", frames);
      }
      try {
        // Docker 20.10 and Podman 4.3 sometimes end a follow request before the end of the output.
        copy("/logs?stdout=1&stderr=1", frames);
      } catch (NotFoundException e) {
        return; // Removed at once: everything available was copied.
      }
    } catch (IOException e) {
      if (!streams.isClosed() || e instanceof InterruptedIOException) {
        throw e;
      }
    }
  }

  private void copy(String action, LogFrames frames) throws IOException {
    String path = path(action);
    try (HttpStream stream = client.stream("GET", path, false, streams)) {
      frames.copy(stream);
    } catch (ProtocolException e) {
      throw client.nonsense("GET " + path, e);
    }
  }

  @Override
  public int await() throws IOException, InterruptedException {
    try {
      OptionalInt before = exitCode();
      return before.isPresent() ? before.getAsInt() : awaitEnd();
    } catch (InterruptedIOException e) {
      if (Thread.interrupted()) {
        InterruptedException interrupted = new InterruptedException(e.getMessage());
        interrupted.initCause(e);
        throw interrupted;
      }
      throw e;
    }
  }

  private int awaitEnd() throws IOException {
    String path = path("/wait");
    String text;
    try (HttpStream stream = client.stream("POST", path, true, streams)) {
      text = stream.whole().text();
    } catch (NotFoundException e) {
      return UNKNOWN_EXIT_CODE;
    }
    try {
      JsonObject answer = Json.object(text);
      JsonElement error = Json.get(answer, "Error");
      String message = error instanceof JsonObject object ? Json.string(object, "Message") : "";
      if (!message.isEmpty()) {
        throw client.refusal("waiting for " + id() + " failed: " + Text.forPerson(message));
      }
      JsonElement code = Json.get(answer, "StatusCode");
      if (code == null) {
        throw new IOException("it has no StatusCode");
      }
      return remember(code.getAsInt());
    } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
      throw client.nonsense("POST " + path, new IOException("StatusCode is not a number", e));
    } catch (RefusedException e) {
      throw e;
    } catch (IOException e) {
      throw client.nonsense("POST " + path, e);
    }
  }

  private int remember(int code) {
    exitCode = code;
    return code;
  }

  private String path(String action) throws IOException {
    return ResourcePath.of(container) + action;
  }

  @Override
  public void close() {
    streams.close();
  }
}
