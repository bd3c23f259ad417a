package dev.sexton.testkit;

import dev.sexton.testsupport.Processes;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Tests in a home of their own. The processes that a test starts end with it, and so do the
/// watchers of its state directories.
public abstract class HomeTestBase {
  protected @TempDir Path home;
  protected final Processes processes = new Processes();

  @RegisterExtension final FailureState failureState = new FailureState(() -> home);

  @AfterEach
  protected void end() {
    processes.close();
    Watchers.end(home.resolve("state")); // And those beside it, and below.
  }
}
