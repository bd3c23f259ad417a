package dev.sexton.cli;

import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.sweep.Inventory;
import org.apache.commons.cli.Options;

/// The command `sexton list`: shows every instance with what it holds.
final class ListCommand implements Command {
  @Override
  public String help() {
    return """
    sexton list [--keep PATTERN]… [--app NAME]… [--state-dir DIR] [--json]

      Shows every instance: whether its owner lives, what it holds and how much
      memory that takes, and the reason for everything that is not alive.
      Changes nothing.

      --keep PATTERN  show this program as one that a sweep keeps; with ! in
                      front, as one that it does not keep

      Exit code 1 if one of several state directories cannot be used, 3 if none can.
    """;
  }

  @Override
  public void addOptions(Options options) {
    KeepOption.addTo(options);
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
