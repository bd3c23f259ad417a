package dev.sexton.cli;

import java.io.IOException;
import java.util.List;

/// The command `sexton man`: prints the manual page.
final class ManCommand implements Command {
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
    try (CommandCatalog catalog = CommandCatalog.open()) {
      return Help.print(io, "page", ManPage.text(catalog.commands()), arguments.json());
    } catch (IOException unreadable) {
      throw JavaBuild.broken(unreadable);
    }
  }
}
