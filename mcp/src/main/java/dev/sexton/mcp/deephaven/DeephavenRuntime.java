package dev.sexton.mcp.deephaven;

import dev.sexton.mcp.session.SessionRuntime;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A Deephaven server in a process or container. Its key is removed from the kept output.
public final class DeephavenRuntime implements SessionRuntime {
  private final SessionRuntime body;
  private final @Nullable String key;
  private final Closeable held;

  /// Creates a runtime.
  ///
  /// @param body the runtime in which the server runs
  /// @param key its pre-shared key; null if it has none
  /// @param held closed with the runtime
  DeephavenRuntime(SessionRuntime body, @Nullable String key, Closeable held) {
    this.body = body;
    this.key = key;
    this.held = held;
  }

  @Override
  public String kind() {
    return body.kind();
  }

  @Override
  public String command() {
    return body.command();
  }

  @Override
  public @Nullable Long pid() {
    return body.pid();
  }

  @Override
  public @Nullable String containerId() {
    return body.containerId();
  }

  @Override
  public Map<Integer, Integer> ports() {
    return body.ports();
  }

  @Override
  public OutputStream stdin() throws IOException {
    return body.stdin();
  }

  @Override
  public CompletableFuture<Integer> ended() {
    return body.ended();
  }

  @Override
  public CompletableFuture<Void> copyOutput(OutputStream stdout, OutputStream stderr) {
    if (key == null) {
      return body.copyOutput(stdout, stderr);
    }
    Redaction out = new Redaction(stdout, key);
    Redaction err = new Redaction(stderr, key);
    return body.copyOutput(out, err)
        .whenComplete((done, failed) -> {
          out.end();
          err.end();
        });
  }

  @Override
  public void close() {
    body.close();
    try {
      held.close();
    } catch (IOException alreadyGone) {
      return;
    }
  }
}
