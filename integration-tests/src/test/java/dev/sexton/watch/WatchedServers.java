package dev.sexton.watch;

import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Python servers, each the leader of its own session, as MCP clients start them.
final class WatchedServers {
  static final Duration PATIENT = Duration.ofSeconds(60);

  /// One server and the processes that it started.
  ///
  /// @param session the process that it recorded, which has a child
  /// @param grandchild that child
  record Family(Server server, Proc session, Proc grandchild) {
    boolean hasEnded() {
      return !session.isRunning() && !grandchild.isRunning();
    }

    boolean isGone() {
      return hasEnded() && !Files.exists(server.record());
    }

    boolean isWhole() {
      return server.self().isRunning() && session.isRunning() && grandchild.isRunning();
    }
  }

  private final Processes processes;
  private final Path home;
  private final Path script;

  WatchedServers(Processes processes, Path home) {
    this.processes = processes;
    this.home = home;
    this.script = home.resolve("server.py");
    Python.copy("/dev/sexton/testkit/server.py", script);
  }

  /// Starts a server like the original, or one that holds its lock and marks what it starts.
  Server start(boolean locked) throws IOException {
    return Server.of(
        processes,
        home,
        locked ? Map.of("SEXTON_TEST_LOCKED", "1") : Map.of(),
        List.of("setsid", Python.python3().toString(), script.toString()));
  }

  Family family(boolean locked) throws IOException {
    Server server = start(locked);
    Proc session = server.session("session", "sh", "-c", "sleep 1000 & wait");
    return new Family(server, session, child(session));
  }

  /// Starts servers, half of each kind.
  List<Family> families(int count) throws IOException {
    List<Family> families = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      families.add(family(i % 2 == 0));
    }
    return families;
  }

  Proc child(Proc parent) {
    await().atMost(PATIENT).until(() -> Processes.children(parent.pid()).size() == 1);
    return processes.adopt(Processes.children(parent.pid()).getFirst());
  }
}
