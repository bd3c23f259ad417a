package dev.sexton.cli.setup;

import dev.sexton.cli.setup.ServerEntry.Insertion;
import dev.sexton.cli.setup.TomlScanner.Assignment;
import dev.sexton.cli.setup.Value.Member;
import dev.sexton.cli.setup.Value.Members;
import dev.sexton.cli.setup.Value.Text;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Configurations in TOML. Each server is a table below another one.
///
/// @param key the name of the table with the servers
record TomlFormat(String key) implements ConfigurationFormat {
  @Override
  public List<ServerEntry> servers(String text) throws MalformedException {
    List<Assignment> assignments = TomlScanner.read(text);
    List<ServerEntry> servers = new ArrayList<>();
    for (Assignment assignment : assignments) {
      List<String> path = assignment.path();
      if (!path.getFirst().equals(key)) {
        continue;
      }
      if (path.size() == 1 && assignment.value() instanceof Members table) {
        for (Member server : table.members()) {
          addInline(servers, server.key(), server.value());
        }
      } else if (path.size() == 2) {
        addInline(servers, path.get(1), assignment.value());
      } else if (path.size() == 3
          && path.get(2).equals("command")
          && assignment.value() instanceof Text command) {
        Value given = find(assignments, path.get(1));
        servers.add(
            new ServerEntry(
                path.get(1), command, ServerEntry.array(given), afterLine(text, assignment)));
      }
    }
    return servers;
  }

  private static void addInline(List<ServerEntry> servers, String name, Value value) {
    if (!(value instanceof Members server)) {
      return;
    }
    if (server.get("command") instanceof Text command) {
      Insertion place = new Insertion(command.end(), ", args = ");
      servers.add(new ServerEntry(name, command, ServerEntry.array(server.get("args")), place));
    } else {
      servers.add(new ServerEntry(name, null, null, new Insertion(0, "")));
    }
  }

  private @Nullable Value find(List<Assignment> assignments, String server) {
    for (Assignment assignment : assignments) {
      if (assignment.path().equals(List.of(key, server, "args"))) {
        return assignment.value();
      }
    }
    return null;
  }

  /// Returns the place after the command's line, in the layout of that line.
  private static Insertion afterLine(String text, Assignment command) {
    int line = text.lastIndexOf('\n', command.start()) + 1;
    int end = text.indexOf('\n', command.value().end());
    end = end < 0 ? text.length() : end;
    boolean carriage = end > 0 && end < text.length() && text.charAt(end - 1) == '\r';
    String indent = text.substring(line, command.start());
    return new Insertion(
        carriage ? end - 1 : end,
        (carriage ? "\r\n" : "\n") + indent + command.prefix() + "args = ");
  }
}
