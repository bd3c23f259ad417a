package dev.sexton.cli.help;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.command.CommandRegistry;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.run.JavaBuild;
import java.io.IOException;
import java.util.List;

/// The command `sexton completion`: prints a script that completes command lines in a shell.
public final class CompletionCommand implements Command {
  private final CommandRegistry registry;

  /// @param registry all commands
  public CompletionCommand(CommandRegistry registry) {
    this.registry = registry;
  }

  @Override
  public String name() {
    return "completion";
  }

  @Override
  public String summary() {
    return "print a completion script for bash, zsh or fish";
  }

  @Override
  public String operands() {
    return "bash|zsh|fish";
  }

  @Override
  public List<String> commonOptions() {
    return List.of("json");
  }

  @Override
  public String description() {
    return """
    Prints a script that completes commands, options and servers. To load it:

    bash: source <(sexton completion bash)

    zsh: source <(sexton completion zsh), after compinit

    fish: sexton completion fish | source
    """;
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    String shell = String.join(" ", arguments.operands());
    String script;
    try (CommandCatalog catalog = CommandCatalog.open(registry)) {
      List<Command> commands = catalog.commands();
      script =
          switch (shell) {
            case "bash" -> BashCompletion.script(commands);
            case "zsh" -> ZshCompletion.script(commands);
            case "fish" -> FishCompletion.script(commands);
            default ->
                throw CommandException.usage(
                    shell.isEmpty()
                        ? "completion needs the name of a shell"
                        : "no completion for the shell " + TerminalText.cut(shell, 60),
                    "write sexton completion bash, zsh or fish");
          };
    } catch (IOException unreadable) {
      throw JavaBuild.broken(unreadable);
    }
    return Help.print(io, "script", script, arguments.json());
  }
}
