package dev.sexton.cli.setup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import dev.sexton.cli.setup.ServerEntry.State;
import dev.sexton.cli.setup.SetupResult.Kind;
import dev.sexton.cli.setup.SetupResult.Server;
import dev.sexton.cli.setup.SetupResult.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Changes the configurations of clients, one after the other.
///
/// @param launcher the path of the `sexton` command for the configurations
/// @param consent asked with the result so far before a file is changed
record SetupRun(SavedOriginals originals, String launcher, Predicate<SetupResult> consent) {
  private static final int CONTEXT_LINES = 3;

  /// Lets the servers of a client go through `sexton run`.
  SetupResult track(McpClient client) {
    Change change =
        (file, servers) -> {
          List<Edit> edits = new ArrayList<>();
          for (ServerEntry server : servers) {
            if (server.state() == State.DIRECT) {
              edits.addAll(server.track(file.text(), launcher));
            }
          }
          return edits.isEmpty() ? null : Edit.apply(file.text(), edits).getBytes(UTF_8);
        };
    return change(
        client,
        change,
        (file, content) -> {
          originals.save(file.path(), file.bytes(), content);
          file.write(content);
        });
  }

  /// Returns whether `sexton setup` changed the configuration of a client.
  boolean isChanged(McpClient client) {
    try {
      return originals.has(client.file().toRealPath());
    } catch (IOException gone) {
      return false;
    }
  }

  /// Restores the configuration of a client. If the file was changed by others since, only the
  /// changes of [#track] are undone.
  SetupResult undo(McpClient client) {
    Change change =
        (file, servers) -> {
          byte[] before = originals.before(file.path(), file.bytes());
          if (before != null) {
            return before;
          }
          List<Edit> edits = new ArrayList<>();
          servers.forEach(server -> edits.addAll(server.untrack(file.text())));
          return edits.isEmpty() ? null : Edit.apply(file.text(), edits).getBytes(UTF_8);
        };
    return change(
        client,
        change,
        (file, content) -> {
          file.write(content);
          originals.remove(file.path());
        });
  }

  /// Computes the new content of a file.
  @FunctionalInterface
  private interface Change {
    /// Returns the content; null for no change.
    byte @Nullable [] of(ConfigurationFile file, List<ServerEntry> servers) throws IOException;
  }

  /// Writes the new content of a file.
  @FunctionalInterface
  private interface Write {
    void write(ConfigurationFile file, byte[] content) throws IOException;
  }

  private SetupResult change(McpClient client, Change change, Write write) {
    SetupResult result =
        new SetupResult(
            client.name(),
            client.file().toString(),
            List.of(),
            List.of(),
            Status.of(Kind.UNCHANGED));
    try {
      ConfigurationFile file = ConfigurationFile.read(client.file());
      List<ServerEntry> servers = client.format().servers(file.text());
      result = result.withServers(servers.stream().map(Server::of).toList());
      byte[] content = change.of(file, servers);
      if (content == null) {
        return result;
      }
      result = result.withDiff(diff(result.file(), file.text(), new String(content, UTF_8)));
      if (!consent.test(result)) {
        return result.with(Status.of(Kind.PENDING));
      }
      write.write(file, content);
      return result.with(Status.of(Kind.CHANGED));
    } catch (MalformedException malformed) {
      return result.with(new Status(Kind.FAILED, malformed.getMessage() + ": correct the file"));
    } catch (IOException failed) {
      return result.with(new Status(Kind.FAILED, reason(failed)));
    }
  }

  private static String reason(IOException failed) {
    String type = failed.getClass().getSimpleName();
    String message = String.valueOf(failed.getMessage());
    return failed.getClass().equals(IOException.class) ? message : type + ": " + message;
  }

  private static List<String> diff(String name, String before, String after) {
    List<String> old = lines(before);
    return UnifiedDiffUtils.generateUnifiedDiff(
        name, name, old, DiffUtils.diff(old, lines(after)), CONTEXT_LINES);
  }

  private static List<String> lines(String text) {
    return (text.startsWith("\uFEFF") ? text.substring(1) : text).lines().toList();
  }
}
