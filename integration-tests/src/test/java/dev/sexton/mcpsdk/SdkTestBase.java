package dev.sexton.mcpsdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Tests with servers or clients on the MCP SDK that leave notes, beside a canary.
abstract class SdkTestBase {
  @TempDir Path state;
  @TempDir Path directory;
  final Processes processes = new Processes();
  Notes notes;
  private Proc canary;

  @BeforeEach
  void setUp() throws IOException {
    notes = new Notes(directory, processes);
    canary = processes.canary("sleep", "600");
  }

  @AfterEach
  void tearDown() {
    assertThat(canary.isRunning()).isTrue();
    processes.close();
  }
}
