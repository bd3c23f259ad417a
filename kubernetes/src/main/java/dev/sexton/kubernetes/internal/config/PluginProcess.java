package dev.sexton.kubernetes.internal.config;

import dev.sexton.internal.http.DaemonThread;
import dev.sexton.internal.http.Text;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// Runs a program that prints credentials, within a time limit.
///
/// @param command the program and its arguments
/// @param environment all its variables
/// @param limit after which it is killed, with everything below it
record PluginProcess(List<String> command, Map<String, String> environment, Duration limit) {
  /// Credentials with a certificate take some kilobytes.
  private static final int MAX_BYTES = 1024 * 1024;

  /// How long the output of an ended program may stay open, because something below it has it.
  private static final Duration LATE = Duration.ofSeconds(1);

  /// Reads an output in the background.
  private record Output(Thread thread, AtomicReference<String> text) {
    static Output of(InputStream stream) throws IOException {
      AtomicReference<String> text = new AtomicReference<>("");
      return new Output(
          DaemonThread.start(
              "sexton-kubernetes-plugin",
              () -> {
                try (stream) {
                  text.set(new String(stream.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
                } catch (IOException ended) {
                  // Nothing is printed any more.
                }
              }),
          text);
    }

    String text(Duration wait) throws InterruptedException {
      boolean _ = thread.join(wait);
      return text.get();
    }
  }

  /// Runs the program, and returns what it printed.
  ///
  /// @throws IOException if it cannot be started, fails or exceeds the limit
  String run() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectInput(Redirect.from(new File("/dev/null")));
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      Output output = Output.of(process.getInputStream());
      Output errors = Output.of(process.getErrorStream());
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(
            command.getFirst() + " did not end within " + limit.toSeconds() + " s");
      }
      if (process.exitValue() != 0) {
        String complaint = Text.forPerson(errors.text(LATE));
        throw new IOException(
            command.getFirst()
                + " ended with exit code "
                + process.exitValue()
                + (complaint.isEmpty() ? "" : ": " + complaint));
      }
      return output.text(LATE);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + command.getFirst() + " ran");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /// Leaves the variables out, which may contain passwords.
  @Override
  public String toString() {
    return command.getFirst();
  }
}
