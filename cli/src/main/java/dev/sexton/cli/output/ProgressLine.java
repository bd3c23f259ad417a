package dev.sexton.cli.output;

import dev.sexton.Sweeper;
import java.io.PrintStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A line that shows what a sweep is waiting for, and disappears at its end.
public final class ProgressLine implements Sweeper.Progress, AutoCloseable {
  /// Processes that end sooner are not worth a line.
  private static final long FIRST_AFTER_NANOS = 300_000_000;

  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream stream;
  private final long begun = System.nanoTime();
  private String shown = "";

  private ProgressLine(PrintStream stream) {
    this.stream = stream;
  }

  /// Returns null if nobody would see the line.
  public static @Nullable ProgressLine of(Io io, boolean quiet) {
    return io.errIsTerminal() && !quiet ? new ProgressLine(io.err()) : null;
  }

  @Override
  public synchronized void waiting(int processes, Duration remaining) {
    if (System.nanoTime() - begun < FIRST_AFTER_NANOS) {
      return;
    }
    long seconds = (remaining.toMillis() + 999) / 1000;
    String text =
        "waiting for "
            + HumanFormat.count(processes, "process")
            + (seconds <= 0 ? ", forced" : " to stop, forced in " + seconds + " s");
    if (!text.equals(shown)) {
      shown = text;
      stream.print(CLEAR + text);
      stream.flush();
    }
  }

  @Override
  public synchronized void close() {
    if (!shown.isEmpty()) {
      shown = "";
      stream.print(CLEAR);
      stream.flush();
    }
  }
}
