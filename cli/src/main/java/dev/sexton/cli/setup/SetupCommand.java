package dev.sexton.cli.setup;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.option.UserHome;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.run.JavaBuild;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The command `sexton setup`: lets the servers of the MCP clients on this machine go through
/// `sexton run`.
public final class SetupCommand implements Command {
  @Override
  public String name() {
    return "setup";
  }

  @Override
  public String summary() {
    return "run the servers of your MCP clients through sexton run";
  }

  @Override
  public List<String> commonOptions() {
    return List.of("json");
  }

  @Override
  public String description() {
    return """
    Finds the configurations of MCP clients, shows how each would change so that its
    servers go through "sexton run", and asks before it changes one. Without a terminal,
    nothing is changed unless --yes is given. Comments and layout of a file stay, and
    only servers that the client itself starts are changed.
    """;
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return List.of(
        new OptionGroup(
            "",
            List.of(
                OptionSpec.flag("yes", "change the files without asking"),
                OptionSpec.flag("check", "change nothing; exit 1 if something would change"),
                OptionSpec.flag(
                    "undo", "restore the files as they were before sexton setup changed them"),
                OptionSpec.value("client", "NAME", "use this client only (default: all)")
                    .repeatable())));
  }

  @Override
  public String exitCodes() {
    return "Exit codes: 0 all servers run through sexton run, 1 something would change or a file "
        + "cannot be changed.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    if (arguments.has("check") && (arguments.has("undo") || arguments.has("yes"))) {
      throw CommandException.usage("--check changes nothing", "leave out --yes and --undo");
    }
    boolean undo = arguments.has("undo");
    UserHome home = UserHome.of(io.environment());
    List<McpClient> clients = clients(McpClient.all(home), arguments);
    SetupOutput output = new SetupOutput(io, arguments);
    SetupRun run =
        new SetupRun(
            new SavedOriginals(root(home)),
            undo ? "" : launcher(io.environment()),
            consent(arguments, output));
    List<SetupResult> results = new ArrayList<>();
    for (McpClient client : clients) {
      if (!Files.exists(client.file()) || (undo && !run.isChanged(client))) {
        continue;
      }
      SetupResult result = undo ? run.undo(client) : run.track(client);
      output.add(result);
      results.add(result);
    }
    output.end(results, clients);
    return results.stream().allMatch(SetupResult::isDone) ? ExitCode.DONE : ExitCode.LEFT;
  }

  private static Predicate<SetupResult> consent(Arguments arguments, SetupOutput output) {
    if (arguments.has("check")) {
      return result -> false;
    }
    return arguments.has("yes") || arguments.has("undo") ? result -> true : output::ask;
  }

  private static List<McpClient> clients(List<McpClient> all, Arguments arguments)
      throws CommandException {
    List<String> names = arguments.all("client");
    List<String> known = all.stream().map(McpClient::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw CommandException.usage(
            "no client is called " + TerminalText.cut(name, 60),
            "write one of " + String.join(", ", known));
      }
    }
    return all.stream().filter(one -> names.isEmpty() || names.contains(one.name())).toList();
  }

  private static Path root(UserHome home) {
    String named = home.environment().getOrDefault("SEXTON_HOME", "");
    return named.isEmpty() ? home.path().resolve(".sexton") : Path.of(named);
  }

  /// Returns the path that goes into the configurations.
  private static String launcher(Map<String, String> environment) throws CommandException {
    String launcher = JavaBuild.launcher(environment);
    if (launcher.contains("/_npx/")
        || launcher.contains("/uv/archive-v0/")
        || launcher.contains("/uv/builds-v0/")) {
      throw CommandException.cannot(
          "this sexton is in a cache (" + launcher + "), which may be emptied at any time",
          "install it: docs/install.md",
          null);
    }
    return launcher;
  }
}
