package dev.sexton.cli.command;

import dev.sexton.InstanceInfo;
import dev.sexton.Instances;
import dev.sexton.Inventory;
import dev.sexton.ReportJson;
import dev.sexton.StateScope;
import dev.sexton.StopReport;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.KeepOption;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.option.ScopeArguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.output.Warnings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The command `sexton stop`: ends a live instance and everything that it created.
public final class StopCommand implements Command {
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
    Duration grace = arguments.duration("grace", Instances.DEFAULT_GRACE);
    StateScope scope = ScopeArguments.of(io, arguments);
    Instances instances = Instances.in(scope);
    Inventory inventory = instances.list();
    ScopeArguments.requireUsable(scope, inventory.problems());
    StopReport report = instances.stop(find(inventory, arguments.operands().getFirst()), grace);
    if (arguments.json()) {
      JsonOut.report(io.out(), ReportJson.of(report));
    } else {
      StopText.print(io, report);
    }
    if (!arguments.quiet()) {
      Warnings.problems(io.notes(), report.problems());
    }
    return report.isDone() ? ExitCode.DONE : ExitCode.LEFT;
  }

  private static InstanceInfo find(Inventory inventory, String wanted) throws CommandException {
    List<InstanceInfo> found = new ArrayList<>();
    for (InstanceInfo instance : inventory.instances()) {
      boolean prefix =
          wanted.length() >= HumanFormat.SHORT_UUID && instance.instanceId().startsWith(wanted);
      if (prefix || instance.name().equals(wanted)) {
        found.add(instance);
      }
    }
    if (found.isEmpty()) {
      throw CommandException.usage(
          "no server named " + TerminalText.cut(wanted, 60), "run sexton list to see all servers");
    }
    if (found.size() > 1) {
      List<String> ids = new ArrayList<>();
      found.forEach(instance -> ids.add(HumanFormat.shortUuid(instance.instanceId())));
      throw CommandException.usage(
          found.size() + " servers are named " + TerminalText.cut(wanted, 60),
          "name one of them by its UUID: " + TerminalText.cut(String.join(", ", ids), 200));
    }
    return found.getFirst();
  }
}
