package dev.sexton.mcp;

import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Processes;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Tests of the MCP server. Everything that they start is ended.
abstract class SessionTestBase {
  final Processes processes = new Processes();
  Traces traces = new Traces(Path.of(""));

  @BeforeEach
  void begin(@TempDir Path home) {
    traces = new Traces(home);
  }

  @AfterEach
  void end() {
    traces.adopt(processes);
    processes.close();
    Watchers.end(traces.state());
  }

  /// Starts a server over stdin and stdout, with these options.
  StdioServer start(String... options) throws IOException {
    return new StdioServer(processes, traces, options).initialize();
  }
}
