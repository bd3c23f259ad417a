package dev.sexton.hostile;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Tests with dead and live instances in one state directory.
public abstract class DeadInstancesTestBase {
  /// The state directory and its processes.
  protected DeadInstancesFixture graveyard;

  @BeforeEach
  void dig(@TempDir Path directory) throws IOException {
    graveyard = new DeadInstancesFixture(directory.resolve("state"));
  }

  @AfterEach
  void fill() {
    graveyard.close();
  }
}
