package dev.sexton.internal.watch;

import dev.sexton.internal.command.ServerName;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import org.jspecify.annotations.Nullable;

/// A client that is a package runner: `npx sexton run …` outlives the client that started it.
final class PackageRunner {
  /// The maximum number of package runners and shells between a server and its client.
  private static final int MOST_RUNNERS = 8;

  private PackageRunner() {}

  /// Returns the process that started a package runner. Null if the client is none, or the process
  /// is unknown.
  static @Nullable ProcessInfo clientBehind(ProcessInfo client, ProcessReader processes) {
    ProcessInfo at = client;
    for (int above = 0;
        above < MOST_RUNNERS && ServerName.isRunner(processes.program(at.pid()).arguments());
        above++) {
      // Looked up after its command line, because the PID may belong to another process by then.
      ProcessInfo runner = present(at.pid(), processes);
      ProcessInfo parent =
          runner == null || !runner.sameAs(at) ? null : present(runner.parent(), processes);
      if (parent == null || parent.pid() <= 1 || parent.start().isAfter(at.start())) {
        return null;
      }
      at = parent;
    }
    return at.sameAs(client) ? null : at;
  }

  private static @Nullable ProcessInfo present(long pid, ProcessReader processes) {
    return processes.find(pid) instanceof ProcessLookup.Present present ? present.process() : null;
  }
}
