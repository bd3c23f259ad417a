package dev.sexton.cli;

import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.sweep.Inventory;
import java.util.List;

/// The command `sexton list`: shows every instance with what it holds.
final class ListCommand implements Command {
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
    StateScope places = StateScope.of(io, arguments);
    ProcessTable processes = Platform.processes(false);
    Inventory inventory = places.inventory(processes);
    boolean complete = places.requireUsable(inventory.problems());
    if (arguments.json()) {
      JsonOut.document(io.out(), json -> ListJson.write(json, inventory));
    } else {
      ListText.print(io, inventory, arguments.quiet());
      String watcher =
          WatcherState.of(io.environment(), places.named(), processes, inventory.instances())
              .line();
      if (watcher != null && !arguments.quiet()) {
        io.notes().line(watcher);
      }
    }
    return complete ? ExitCode.DONE : ExitCode.LEFT;
  }
}
