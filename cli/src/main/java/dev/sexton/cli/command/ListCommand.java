package dev.sexton.cli.command;

import dev.sexton.Instances;
import dev.sexton.Inventory;
import dev.sexton.ReportJson;
import dev.sexton.StateScope;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.KeepOption;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.option.ScopeArguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The command `sexton list`: shows every instance with what it holds.
public final class ListCommand implements Command {
  @Override
  public String name() {
    return "list";
  }

  @Override
  public String summary() {
    return "show servers, their state, and what they hold";
  }

  @Override
  public String description() {
    return """
    Shows every instance: whether its owner process is alive, what it holds and how much
    memory that uses, and the reason for every state other than ALIVE. Changes nothing.
    """;
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return List.of(
        new OptionGroup(
            "",
            List.of(
                OptionSpec.flag(
                    "fleet",
                    "also show what the watchers of other machines have published in the store that"
                        + " SEXTON_FLEET names; no sweep acts on it"),
                KeepOption.SPEC)));
  }

  @Override
  public String exitCodes() {
    return "Exit code 1 if one of several state directories cannot be used, or with --fleet if the"
        + " store cannot be asked; 3 if no directory can be used.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    StateScope scope = ScopeArguments.of(io, arguments);
    FleetAnswer fleet = arguments.has("fleet") ? FleetAnswer.get(scope) : null;
    Inventory inventory = Instances.in(scope).list();
    boolean complete = ScopeArguments.requireUsable(scope, inventory.problems());
    if (arguments.json()) {
      Map<String, @Nullable Object> json = ReportJson.of(inventory);
      if (fleet != null) {
        json.put("fleet", fleet.json());
      }
      JsonOut.report(io.out(), json);
    } else {
      ListText.print(io, inventory, arguments.quiet());
      if (fleet != null) {
        FleetText.print(io, fleet, inventory, arguments.quiet());
      }
      String watcher = WatcherState.of(scope, inventory).line();
      if (watcher != null && !arguments.quiet()) {
        io.notes().line(watcher);
      }
    }
    return complete && (fleet == null || fleet.problem() == null) ? ExitCode.DONE : ExitCode.LEFT;
  }
}
