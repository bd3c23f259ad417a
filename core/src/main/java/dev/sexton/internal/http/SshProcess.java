package dev.sexton.internal.http;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// A running ssh. Whoever starts it must end it. Safe for use by multiple threads.
final class SshProcess {
  /// How long ssh may take to end upon SIGTERM. It usually takes some milliseconds.
  private static final Duration GRACE = Duration.ofMillis(300);

  /// How long ssh may take to end after it has closed its stdout.
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private static final int MAX_ERROR_BYTES = 8 * 1024;

  private final Process process;

  private SshProcess(Process process) {
    this.process = process;
  }

  static SshProcess start(SshCommand command, boolean podman) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command.words(podman));
    builder.environment().clear();
    builder.environment().putAll(command.environment());
    return new SshProcess(builder.start());
  }

  InputStream output() {
    return process.getInputStream();
  }

  OutputStream input() {
    return process.getOutputStream();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Returns what it has written to stderr. If it is about to end, waits until it has.
  ///
  /// Does not read to the end: a program that ssh has started may have stderr open.
  String errors() throws IOException {
    waitFor(LAST_WORDS);
    InputStream errors = process.getErrorStream();
    byte[] text = errors.readNBytes(Math.min(errors.available(), MAX_ERROR_BYTES));
    return new String(text, StandardCharsets.UTF_8);
  }

  /// Returns its exit code; -1 if it is running.
  int exitCode() {
    return process.isAlive() ? -1 : process.exitValue();
  }

  /// Ends it, and the programs that it has started to connect, and waits until it has ended. After
  /// SIGTERM, ssh takes leave of a connection that it shares.
  void end() {
    List<ProcessHandle> helpers = process.descendants().toList();
    // Signals only. Process.destroy also closes the pipes, and would wait for a blocked writer.
    process.toHandle().destroy();
    if (!waitFor(GRACE)) {
      process.toHandle().destroyForcibly();
      waitFor(GRACE);
    }
    helpers.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly(); // Closes the pipes.
  }

  private boolean waitFor(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }
}
