package dev.sexton.cli.command;

import dev.sexton.Instances;
import dev.sexton.Inventory;
import dev.sexton.ReportJson;
import dev.sexton.StateScope;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.KeepOption;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.ScopeArguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import java.util.List;

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
    return List.of(new OptionGroup("", List.of(KeepOption.SPEC)));
  }

  @Override
  public String exitCodes() {
    return "Exit code 1 if one of several state directories cannot be used, 3 if none can.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    StateScope scope = ScopeArguments.of(io, arguments);
    Inventory inventory = Instances.in(scope).list();
    boolean complete = ScopeArguments.requireUsable(scope, inventory.problems());
    if (arguments.json()) {
      JsonOut.report(io.out(), ReportJson.of(inventory));
    } else {
      ListText.print(io, inventory, arguments.quiet());
      String watcher = WatcherState.of(scope, inventory).line();
      if (watcher != null && !arguments.quiet()) {
        io.notes().line(watcher);
      }
    }
    return complete ? ExitCode.DONE : ExitCode.LEFT;
  }
}
