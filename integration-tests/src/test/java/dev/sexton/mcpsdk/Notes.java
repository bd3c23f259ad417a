package dev.sexton.mcpsdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.Python;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A directory in which processes write their IDs. It also holds the scripts that they run.
record Notes(Path directory, Processes processes) {
  /// Longer than any step takes on a busy machine.
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Waits until a process has written its ID, and returns the process. It must be running then.
  Proc process(String name) throws IOException {
    Path note = directory.resolve(name);
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> Files.exists(note));
    return processes.adopt(Long.parseLong(Files.readString(note, UTF_8).strip()));
  }

  /// Waits until none of the processes is running.
  void awaitGone(List<Proc> processes) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> processes.stream().noneMatch(Proc::isRunning));
  }

  /// Returns the command of a shell server that ignores SIGTERM, as do its descendants.
  List<String> stubborn() {
    Path script = directory.resolve("stubborn.sh");
    Python.copy("/dev/sexton/mcpsdk/stubborn.sh", script);
    return List.of("/bin/sh", script.toString(), directory.toString(), Python.python3().toString());
  }

  /// Returns the three processes of a stubborn server.
  List<Proc> stubbornTree() throws IOException {
    return List.of(process("server"), process("child"), process("grandchild"));
  }
}
