package dev.sexton.cli.setup;

import dev.sexton.cli.setup.ServerEntry.Insertion;
import dev.sexton.cli.setup.Value.Member;
import dev.sexton.cli.setup.Value.Members;
import dev.sexton.cli.setup.Value.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configurations in JSON. Each server is an object with a command.
///
/// @param paths where objects with servers are; `*` stands for any key
record JsonFormat(List<List<String>> paths) implements ConfigurationFormat {
  /// The values of `type` for servers that the client starts.
  private static final Set<String> STARTED = Set.of("stdio", "local");

  @Override
  public List<ServerEntry> servers(String text) throws MalformedException {
    List<ServerEntry> servers = new ArrayList<>();
    if (text.isBlank()) {
      return servers; // Some clients create an empty file.
    }
    Value root = JsonScanner.read(text);
    for (List<String> path : paths) {
      collect(text, root, path, servers);
    }
    return servers;
  }

  private static void collect(
      String text, @Nullable Value value, List<String> path, List<ServerEntry> servers) {
    if (!(value instanceof Members object)) {
      return;
    }
    if (path.isEmpty()) {
      for (Member member : object.members()) {
        if (member.value() instanceof Members server) {
          servers.add(entry(text, member.key(), server));
        }
      }
      return;
    }
    List<String> rest = path.subList(1, path.size());
    for (Member member : object.members()) {
      if (path.getFirst().equals("*") || path.getFirst().equals(member.key())) {
        collect(text, member.value(), rest, servers);
      }
    }
  }

  private static ServerEntry entry(String text, String name, Members server) {
    boolean started =
        !(server.get("type") instanceof Text type) || STARTED.contains(type.content());
    if (!started || !(server.get("command") instanceof Text command)) {
      return new ServerEntry(name, null, null, new Insertion(0, ""));
    }
    return new ServerEntry(
        name,
        command,
        ServerEntry.array(server.get("args")),
        new Insertion(command.end(), key(text, server)));
  }

  /// Returns the text before the array, in the layout of the key `command`.
  private static String key(String text, Members server) {
    for (Member member : server.members()) {
      if (member.key().equals("command")) {
        int line = text.lastIndexOf('\n', member.start()) + 1;
        String indent = text.substring(line, member.start());
        if (line > 0 && indent.isBlank()) {
          boolean carriage = line > 1 && text.charAt(line - 2) == '\r';
          return (carriage ? ",\r\n" : ",\n") + indent + "\"args\": ";
        }
      }
    }
    return ", \"args\": ";
  }
}
