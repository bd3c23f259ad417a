package dev.sexton.internal.watch;

import dev.sexton.internal.process.ProcessInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The port to the kernel's news of processes that end and of files that appear. */
interface DeathWatch extends AutoCloseable {
  /** What has happened. */
  sealed interface News {
    /** A process has ended. It is watched no more. */
    record Ended(ProcessInfo process) implements News {}

    /**
     * A file has appeared.
     *
     * @param directory where
     * @param fileName its name; empty if there may be more than can be told, or the directory is
     *     gone, and then is watched no more
     */
    record Appeared(Path directory, String fileName) implements News {}
  }

  /**
   * Watches for the end of a process; one that is watched already is watched once.
   *
   * @return false if it has ended already
   * @throws IOException if it cannot be watched
   */
  boolean watch(ProcessInfo process) throws IOException;

  /** Watches a process no more. */
  void forget(ProcessInfo process);

  /**
   * Watches for files to appear in a directory; one that is watched already is watched once.
   *
   * @return false if it is not there, or cannot be watched
   */
  boolean watch(Path directory);

  /** Waits for news, at most for so long; none if there were none. */
  List<News> await(Duration limit);

  @Override
  void close();
}
