package dev.sexton.cli;

import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.sweep.InstanceStopper;
import dev.sexton.internal.sweep.Inventory;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.spi.ResourceProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The command `sexton stop`: ends a live instance and everything that it created.
final class StopCommand implements Command {
  @Override
  public String name() {
    return "stop";
  }

  @Override
  public String summary() {
    return "stop a live server and everything it started";
  }

  @Override
  public String operands() {
    return "UUID|PREFIX|NAME";
  }

  @Override
  public String description() {
    return """
    Stops a live server: sends SIGTERM, after the grace period SIGKILL, and then stops
    everything that it started. The server is named by its UUID, at least the first 8
    characters of it, or its name, as shown by sexton list.
    """;
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return List.of(
        new OptionGroup(
            "",
            List.of(
                OptionSpec.value("grace", "TIME", "time between SIGTERM and SIGKILL (default 10s)"),
                KeepOption.SPEC)));
  }

  @Override
  public String exitCodes() {
    return "Exit code 1 if something is left, or the server must not be stopped from here; "
        + "2 if no server has this name, or several do.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    if (arguments.operands().size() != 1) {
      throw CommandException.usage(
          "stop needs one server", "give its UUID or its name, as `sexton list` shows them");
    }
    Duration grace = arguments.duration("grace", SweepRequest.DEFAULT_GRACE);
    StateScope places = StateScope.of(io, arguments);
    ProcessTable processes = Platform.processes(false);
    Inventory inventory = places.inventory(processes);
    places.requireUsable(inventory.problems());
    Inventory.Item item = find(inventory, arguments.operands().getFirst());
    InstanceStopper.Result result = stop(io, places, processes, item, grace);
    if (arguments.json()) {
      JsonOut.document(io.out(), json -> StopOutput.write(json, item, result));
    } else {
      StopOutput.print(io, item, result);
    }
    if (!arguments.quiet()) {
      Warnings.problems(io.notes(), result.problems());
    }
    return result.isDone() ? ExitCode.DONE : ExitCode.LEFT;
  }

  private static Inventory.Item find(Inventory inventory, String wanted) throws CommandException {
    List<Inventory.Item> found = new ArrayList<>();
    for (Inventory.Item item : inventory.instances()) {
      boolean prefix =
          wanted.length() >= HumanFormat.SHORT_UUID && item.instanceId().startsWith(wanted);
      if (prefix || item.name().equals(wanted)) {
        found.add(item);
      }
    }
    if (found.isEmpty()) {
      throw CommandException.usage(
          "no server named " + TerminalText.cut(wanted, 60), "run sexton list to see all servers");
    }
    if (found.size() > 1) {
      List<String> ids = new ArrayList<>();
      found.forEach(item -> ids.add(HumanFormat.shortUuid(item.instanceId())));
      throw CommandException.usage(
          "there are " + found.size() + " servers " + TerminalText.cut(wanted, 60),
          "name one of them by its UUID: " + TerminalText.cut(String.join(", ", ids), 200));
    }
    return found.getFirst();
  }

  private static InstanceStopper.Result stop(
      Io io, StateScope places, ProcessTable processes, Inventory.Item item, Duration grace) {
    List<FileStateDirectory> directories =
        places.directories().stream()
            .filter(directory -> directory.path().equals(item.stateDirectory()))
            .toList();
    List<ResourceProvider> engines = Platform.providers(io.environment());
    try {
      return new InstanceStopper(
              Platform.ports(processes, engines),
              new SweepRequest(
                      directories,
                      false,
                      Set.of(item.instanceId()),
                      false,
                      false,
                      grace,
                      SweepRequest.Progress.NONE)
                  .beside(places.everyDirectory())
                  .keeping(places.keep()),
              InstanceStopper.Cause.COMMAND)
          .stop();
    } finally {
      engines.forEach(ResourceProvider::close);
    }
  }
}
