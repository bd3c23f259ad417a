package dev.sexton.internal.watch;

import dev.sexton.internal.process.ProcessInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Receives events from the kernel about processes that end and files that appear.
interface DeathWatch extends AutoCloseable {
  /// An event.
  sealed interface News {
    /// A process has ended. It is no longer watched.
    record Ended(ProcessInfo process) implements News {}

    /// A file has appeared.
    ///
    /// @param directory its directory
    /// @param fileName its name; empty if there may be more files than can be reported, or if the
    ///   directory is gone; it is then no longer watched
    record Appeared(Path directory, String fileName) implements News {}
  }

  /// Watches for the end of a process. A process that is already watched is watched once.
  ///
  /// @return false if it has already ended
  /// @throws IOException if it cannot be watched
  boolean watch(ProcessInfo process) throws IOException;

  /// Stops watching a process.
  void forget(ProcessInfo process);

  /// Watches for files to appear in a directory. A directory that is already watched is watched
  /// once.
  ///
  /// @return false if it does not exist or cannot be watched
  boolean watch(Path directory);

  /// Waits for events, up to a time limit. Returns an empty list if there are none.
  List<News> await(Duration limit);

  @Override
  void close();
}
