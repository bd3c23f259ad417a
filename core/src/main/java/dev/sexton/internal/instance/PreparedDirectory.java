package dev.sexton.internal.instance;

import dev.sexton.internal.liveness.PastBoots;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The directory that this process prepared last. A server that registers often prepares it at most
/// once a second.
record PreparedDirectory(ProcessTable processes, Path directory, Instant at) {
  /// How long a directory counts as prepared.
  private static final Duration STANDS = Duration.ofSeconds(1);

  private static volatile @Nullable PreparedDirectory lastPrepared;

  /// Creates a directory, checks its permissions and notes this boot in it.
  ///
  /// @throws IOException if it cannot be created, or is not trusted
  static void prepare(StateDirectory directory, ProcessTable processes) throws IOException {
    Instant now = processes.wallClock();
    PreparedDirectory last = lastPrepared;
    if (last == null
        || !last.processes().equals(processes)
        || !last.directory().equals(directory.path())
        || Duration.between(last.at(), now).abs().compareTo(STANDS) >= 0
        || !directory.exists()) {
      directory.create();
      PastBoots.note(directory, processes);
      lastPrepared = new PreparedDirectory(processes, directory.path(), now);
    }
  }
}
