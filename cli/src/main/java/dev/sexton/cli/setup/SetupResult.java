package dev.sexton.cli.setup;

import dev.sexton.cli.setup.ServerEntry.State;
import java.util.List;

/// What `sexton setup` did with the configuration of one client.
///
/// @param client the client's name
/// @param file the configuration file
/// @param servers its servers; empty if it could not be read
/// @param diff how the content changes; empty if it does not
/// @param status what was done
record SetupResult(
    String client, String file, List<Server> servers, List<String> diff, Status status) {
  /// A server in the file.
  record Server(String name, State state) {
    static Server of(ServerEntry entry) {
      return new Server(entry.name(), entry.state());
    }
  }

  /// What was done, or why nothing was.
  ///
  /// @param problem empty unless the kind is FAILED
  record Status(Kind kind, String problem) {
    static Status of(Kind kind) {
      return new Status(kind, "");
    }
  }

  /// The kinds of status.
  enum Kind {
    /// There was nothing to change.
    UNCHANGED,
    CHANGED,
    /// There is something to change, but nobody agreed.
    PENDING,
    FAILED
  }

  SetupResult withServers(List<Server> found) {
    return new SetupResult(client, file, found, diff, status);
  }

  SetupResult withDiff(List<String> lines) {
    return new SetupResult(client, file, servers, lines, status);
  }

  SetupResult with(Status reached) {
    return new SetupResult(client, file, servers, diff, reached);
  }

  boolean isDone() {
    return status.kind() == Kind.UNCHANGED || status.kind() == Kind.CHANGED;
  }
}
