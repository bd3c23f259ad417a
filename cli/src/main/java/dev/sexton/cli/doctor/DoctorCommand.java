package dev.sexton.cli.doctor;

import dev.sexton.History;
import dev.sexton.Instances;
import dev.sexton.Inventory;
import dev.sexton.StateScope;
import dev.sexton.cli.command.Command;
import dev.sexton.cli.command.WatcherState;
import dev.sexton.cli.doctor.Check.Status;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.ScopeArguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import dev.sexton.cli.output.StyledPrinter.Style;
import dev.sexton.cli.output.Table;
import dev.sexton.cli.output.Table.Cell;
import dev.sexton.cli.output.Version;
import dev.sexton.internal.doctor.DirectoryFacts;
import dev.sexton.internal.doctor.MachineFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The command `sexton doctor`: reports what works here and what does not. Changes nothing.
public final class DoctorCommand implements Command {
  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public String summary() {
    return "check what works on this machine";
  }

  @Override
  public String description() {
    return """
    Checks what works on this machine, and prints a remedy for everything that does not:
    Java, the process table, the state directories, container engines, and what needs
    attention. Changes nothing.
    """;
  }

  @Override
  public String exitCodes() {
    return "Exit codes: 0 no problems, 1 a warning, 3 sweeping cannot work.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    List<Check> checks = checks(ScopeArguments.of(io, arguments));
    if (arguments.json()) {
      printJson(io, checks);
    } else {
      print(io, checks);
    }
    Status worst = Status.OK;
    for (Check check : checks) {
      worst = check.status().compareTo(worst) > 0 ? check.status() : worst;
    }
    return switch (worst) {
      case OK -> ExitCode.DONE;
      case WARNING -> ExitCode.LEFT;
      case ERROR -> ExitCode.CANNOT;
    };
  }

  private static List<Check> checks(StateScope scope) throws CommandException {
    MachineFacts machine = new MachineFacts();
    List<Check> checks = new ArrayList<>();
    MachineChecks.add(checks, machine, scope);
    DirectoryChecks.add(checks, DirectoryFacts.in(scope));
    EngineChecks.add(checks, scope.environment());
    Inventory inventory = Instances.in(scope).list();
    InstanceChecks.add(checks, inventory);
    checks.add(WatcherCheck.of(WatcherState.of(scope, inventory)));
    JournalChecks.add(checks, History.read(scope), machine, inventory.unclaimed());
    return checks;
  }

  private static void printJson(Io io, List<Check> checks) {
    JsonOut.document(
        io.out(),
        json -> {
          json.name("version").value(Version.TEXT);
          json.name("checks").beginArray();
          for (Check check : checks) {
            json.beginObject();
            json.name("name").value(check.name());
            json.name("status").value(check.status().name().toLowerCase(Locale.ROOT));
            json.name("detail").value(check.detail());
            json.name("remedy").value(check.remedy());
            json.endObject();
          }
          json.endArray();
        });
  }

  private static void print(Io io, List<Check> checks) {
    Table table = new Table(0, 3).limit(1, 50).limit(2, 400);
    for (Check check : checks) {
      Cell status =
          switch (check.status()) {
            case OK -> new Cell("ok", Style.GOOD);
            case WARNING -> new Cell("warning", Style.WARNING);
            case ERROR -> new Cell("error", Style.BAD);
          };
      table.row(
          check.remedy().isEmpty() ? null : check.remedy(),
          List.of(status, Cell.of(check.name()), Cell.of(check.detail())));
    }
    table.print(io.screen());
  }
}
