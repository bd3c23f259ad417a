package dev.sexton.cli.run;

import dev.sexton.ReportJson;
import dev.sexton.SweepReport;
import dev.sexton.cli.command.Command;
import dev.sexton.cli.command.SweepText;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import dev.sexton.internal.launch.Reap;
import java.nio.file.Path;
import java.util.List;

/// The command `sexton reap`, which a sentinel runs when its owner process is gone.
public final class ReapCommand implements Command {
  @Override
  public String name() {
    return "reap";
  }

  @Override
  public String summary() {
    return "sweep one instance; used by sentinels";
  }

  @Override
  public String operands() {
    return "UUID";
  }

  @Override
  public List<String> commonOptions() {
    return List.of("state-dir");
  }

  @Override
  public String description() {
    return """
    Sweeps this instance once. Its sentinel runs this command when the owner process has
    ended. Waits at most two seconds for an owner process that still seems to be alive,
    and waits for another sweeper that is working on the instance.
    """;
  }

  @Override
  public String exitCodes() {
    return "Exit code 0 if nothing of the instance is left; 1 if it is alive, if its state "
        + "cannot be determined, or if something of it is left.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    List<String> operands = arguments.operands();
    Path directory = arguments.stateDirectory();
    if (operands.size() != 1 || !Reap.isInstanceId(operands.getFirst()) || directory == null) {
      throw CommandException.usage(
          "reap needs the UUID of an instance and its state directory", "see sexton reap --help");
    }
    SweepReport report = Reap.reap(io.environment(), operands.getFirst(), directory);
    if (arguments.json()) {
      JsonOut.report(io.out(), ReportJson.of(report, Reap.isDone(report)));
    } else {
      SweepText.print(io, report, arguments.quiet());
    }
    return Reap.isDone(report) ? ExitCode.DONE : ExitCode.LEFT;
  }
}
