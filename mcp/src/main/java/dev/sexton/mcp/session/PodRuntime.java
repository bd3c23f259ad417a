package dev.sexton.mcp.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.kubernetes.ClusterSession;
import dev.sexton.kubernetes.ClusterState;
import dev.sexton.kubernetes.CreatedObject;
import dev.sexton.mcp.pod.PodTemplate;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A pod or a job. A cluster that does not answer does not end it: only the cluster's own word
/// does.
final class PodRuntime implements SessionRuntime {
  /// Time between two attempts to reach a cluster.
  private static final Duration RETRY = Duration.ofSeconds(2);

  /// Time for the last output to arrive before the pod, and its output, is deleted.
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(10);

  private final ClusterSession session;
  private final String place;
  private final PodTemplate template;
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();
  private final CompletableFuture<Void> copied = new CompletableFuture<>();
  private volatile boolean closed;
  private volatile @Nullable String detail;

  PodRuntime(ClusterSession session, String place, PodTemplate template) {
    this.session = session;
    this.place = place;
    this.template = template;
    Thread.ofVirtual().name("pod-end").start(this::awaitEnd);
  }

  private void awaitEnd() {
    try {
      ClusterState end = end();
      String words = words(end);
      detail = words.isEmpty() ? null : words;
      awaitOutput();
      if (end.exitCode() == ClusterState.UNKNOWN_EXIT_CODE) {
        ended.completeExceptionally(new IOException(words));
      } else {
        ended.complete(end.exitCode());
      }
    } catch (IOException closedMeanwhile) {
      ended.completeExceptionally(closedMeanwhile);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private ClusterState end() throws IOException, InterruptedException {
    while (true) {
      try {
        return session.await();
      } catch (IOException unreachable) {
        if (closed) {
          throw unreachable;
        }
        Thread.sleep(RETRY);
      }
    }
  }

  private void awaitOutput() throws InterruptedException {
    try {
      copied.get(LAST_OUTPUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException incomplete) {
      return; // Its end is not delayed any longer.
    }
  }

  /// Returns the cluster's words about a state; empty if it has none.
  static String words(ClusterState state) {
    return state.reason().isEmpty() || state.message().isEmpty()
        ? state.reason() + state.message()
        : state.reason() + ": " + state.message();
  }

  @Override
  public String kind() {
    return template.kind().toLowerCase(Locale.ROOT);
  }

  @Override
  public String command() {
    return template.image();
  }

  @Override
  public @Nullable Long pid() {
    return null;
  }

  @Override
  public @Nullable String containerId() {
    return null;
  }

  @Override
  public String pod() {
    CreatedObject object = session.object();
    return place + "/" + object.name();
  }

  @Override
  public @Nullable String detail() {
    return detail;
  }

  @Override
  public Map<Integer, Integer> ports() {
    return Map.of();
  }

  @Override
  public OutputStream stdin() throws IOException {
    throw new IOException("pods have no input");
  }

  @Override
  public CompletableFuture<Integer> ended() {
    return ended;
  }

  @Override
  public CompletableFuture<Void> copyOutput(OutputStream stdout, OutputStream stderr) {
    Thread.ofVirtual()
        .name("pod-output")
        .start(() -> {
          try {
            follow(stdout, stderr);
          } catch (IOException | InterruptedException forgotten) {
            // Nobody can read its output any more.
          } finally {
            copied.complete(null);
          }
        });
    return copied;
  }

  /// Follows the output to its end, whatever happens to the connection. What keeps it from that is
  /// written to `stderr`, which a pod does not have.
  private void follow(OutputStream stdout, OutputStream stderr)
      throws IOException, InterruptedException {
    String known = "";
    while (!closed) {
      try {
        session.follow(stdout);
        return;
      } catch (InterruptedIOException interrupted) {
        throw interrupted;
      } catch (IOException failed) {
        String problem = "sexton: the output cannot be read: " + failed.getMessage() + "\n";
        if (!closed && !problem.equals(known)) {
          stderr.write(problem.getBytes(UTF_8));
          known = problem;
        }
        Thread.sleep(RETRY);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    session.close();
  }
}
