package dev.sexton.cli.help;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.command.CommandRegistry;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.run.JavaBuild;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// All commands that people use, with everything that they declare. `sexton mcp` is in a jar of its
/// own, which most commands start without. The catalog opens that jar if necessary.
final class CommandCatalog implements AutoCloseable {
  private final List<Command> commands = new ArrayList<>();
  private final @Nullable URLClassLoader jar;

  private CommandCatalog(@Nullable URLClassLoader jar) {
    this.jar = jar;
  }

  /// Returns the catalog. If the jar of `sexton mcp` is missing, that command is missing, too.
  static CommandCatalog open(CommandRegistry registry) throws IOException {
    Path path = registry.find(CommandRegistry.MCP) == null ? JavaBuild.mcpJar() : null;
    URLClassLoader jar =
        path == null
            ? null
            : new URLClassLoader(
                new URL[] {path.toUri().toURL()}, CommandCatalog.class.getClassLoader());
    CommandCatalog catalog = new CommandCatalog(jar);
    for (String name : registry.names()) {
      Command command = registry.find(name);
      if (command == null && jar != null) {
        command = ServiceLoader.load(Command.class, jar).findFirst().orElse(null);
      }
      if (command != null) {
        catalog.commands.add(command);
      }
    }
    return catalog;
  }

  /// Returns the commands in the order of the overview.
  List<Command> commands() {
    return List.copyOf(commands);
  }

  /// Returns all options that the parser accepts for a command.
  static List<OptionSpec> options(Command command) {
    List<OptionSpec> options = new ArrayList<>(command.ownOptions());
    options.addAll(Arguments.COMMON);
    return options;
  }

  @Override
  public void close() throws IOException {
    if (jar != null) {
      jar.close();
    }
  }
}
