package dev.sexton.cli;

import dev.sexton.SweepReport;
import dev.sexton.internal.launch.Reap;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.Options;

/// The command `sexton reap`, which a sentinel runs when its owner process is gone.
final class ReapCommand implements Command {
  @Override
  public String help() {
    return """
    sexton reap UUID --state-dir DIR

      One sweep of this instance, as its sentinel does it when its owner is gone.
      Waits at most two seconds for an owner that still seems to live, and never
      forces anything. Waits for another sweeper that is at the instance.

      Exit code 0 if nothing is left of the instance, 1 if it lives, cannot be
      judged, or something of it is left.
    """;
  }

  @Override
  public void addOptions(Options options) {
    // No options besides the global ones.
  }

  @Override
  public boolean takesOperands() {
    return true;
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
      JsonOut.document(io.out(), json -> SweepJson.write(json, report, Reap.isDone(report)));
    } else {
      SweepText.print(io, report, arguments.quiet());
    }
    return Reap.isDone(report) ? ExitCode.DONE : ExitCode.LEFT;
  }
}
