package dev.sexton.watch;

import dev.sexton.testsupport.Processes;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Tests with servers in a home directory of their own.
abstract class WatchTestBase {
  @TempDir Path home;
  final Processes processes = new Processes();
  WatchedServers servers;

  @BeforeEach
  void prepare() {
    servers = new WatchedServers(processes, home);
  }

  @AfterEach
  void endWhatIsLeft() {
    processes.close();
  }
}
