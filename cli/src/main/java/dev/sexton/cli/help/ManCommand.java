package dev.sexton.cli.help;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.command.CommandRegistry;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.run.JavaBuild;
import java.io.IOException;
import java.util.List;

/// The command `sexton man`: prints the manual page.
public final class ManCommand implements Command {
  private final CommandRegistry registry;

  /// @param registry all commands
  public ManCommand(CommandRegistry registry) {
    this.registry = registry;
  }

  @Override
  public String name() {
    return "man";
  }

  @Override
  public String summary() {
    return "print the manual page: sexton man | man -l -";
  }

  @Override
  public List<String> commonOptions() {
    return List.of("json");
  }

  @Override
  public String description() {
    return """
    Prints the manual page in troff format. To read it: sexton man | man -l -. To install it,
    write the output to a file sexton.1 in a directory man1 of the manual path.
    """;
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    try (CommandCatalog catalog = CommandCatalog.open(registry)) {
      return Help.print(io, "page", ManPage.text(catalog.commands()), arguments.json());
    } catch (IOException unreadable) {
      throw JavaBuild.broken(unreadable);
    }
  }
}
