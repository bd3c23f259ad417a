package dev.sexton.cli.command;

import dev.sexton.Instances;
import dev.sexton.ReportJson;
import dev.sexton.StateScope;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
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
import dev.sexton.cli.output.ProgressLine;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.output.Warnings;
import java.time.Duration;
import java.util.List;

/// The command `sexton sweep`: one pass that stops the leftovers of dead instances.
public final class SweepCommand implements Command {
  @Override
  public String name() {
    return "sweep";
  }

  @Override
  public String summary() {
    return "stop what dead servers left";
  }

  @Override
  public String description() {
    return """
    Finds the instances whose owner processes are dead and stops what they left.

    Waits for other sweepers, for as long as they may need with the same grace period.
    """;
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return List.of(
        new OptionGroup(
            "",
            List.of(
                OptionSpec.flag("dry-run", "show the plan without changing anything"),
                OptionSpec.value(
                        "instance",
                        "UUID",
                        "sweep this instance only; its first 8 characters are enough")
                    .repeatable(),
                OptionSpec.flag(
                    "assume-dead",
                    "with --instance: also sweep it if its state is UNKNOWN; live instances are"
                        + " never swept"),
                OptionSpec.value("grace", "TIME", "time between SIGTERM and SIGKILL (default 10s)"),
                KeepOption.SPEC)));
  }

  @Override
  public String exitCodes() {
    return "Exit code 1 if something is left; the next sweep will try again. This "
        + "includes a dead instance that another sweeper is still working on, and one of "
        + "several state directories that cannot be used.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    StateScope scope = ScopeArguments.of(io, arguments);
    Duration grace = arguments.duration("grace", Instances.DEFAULT_GRACE);
    Sweeper.Builder builder =
        Sweeper.builder()
            .scope(scope)
            .dryRun(arguments.has("dry-run"))
            .assumeDead(arguments.has("assume-dead"))
            .grace(grace)
            .patience(Sweeper.patience(grace));
    if (arguments.has("assume-dead") && arguments.all("instance").isEmpty()) {
      throw CommandException.usage(
          "--assume-dead applies only to named instances", "add --instance UUID");
    }
    for (String instance : arguments.all("instance")) {
      builder.instance(complete(instance, scope));
    }
    SweepReport report;
    try (ProgressLine progress = ProgressLine.of(io, arguments.quiet())) {
      if (progress != null) {
        builder.progress(progress);
      }
      report = builder.build().sweep();
    }
    boolean done = ScopeArguments.requireUsable(scope, report.problems()) && report.isDone();
    if (arguments.json()) {
      JsonOut.report(io.out(), ReportJson.of(report, done));
    } else {
      SweepText.print(io, report, arguments.quiet());
    }
    if (!arguments.quiet()) {
      sayWhatIsUnknown(io, arguments, scope, report);
    }
    return done ? ExitCode.DONE : ExitCode.LEFT;
  }

  /// Warns of named instances without a record, which may be mistyped or swept already.
  private static void sayWhatIsUnknown(
      Io io, Arguments arguments, StateScope scope, SweepReport report) {
    for (String named : arguments.all("instance")) {
      boolean reported =
          report.instances().stream().anyMatch(instance -> instance.instanceId().startsWith(named));
      if (!reported && Instances.in(scope).find(named).isEmpty()) {
        Warnings.warn(
            io.notes(),
            "no record of instance "
                + named
                + ": it was swept already, or is in none of these directories");
      }
    }
  }

  /// Returns the whole UUID for a prefix from a list.
  private static String complete(String prefix, StateScope scope) throws CommandException {
    if (Instances.isInstanceId(prefix)) {
      return prefix; // Its record may be gone, while containers of it are left.
    }
    List<String> found = Instances.in(scope).find(prefix);
    if (prefix.length() < HumanFormat.SHORT_UUID || found.size() != 1) {
      throw CommandException.usage(
          "--instance "
              + TerminalText.cut(prefix, 40)
              + " names "
              + (found.size() > 1 && prefix.length() >= HumanFormat.SHORT_UUID
                  ? "several instances"
                  : "no instance"),
          "give its whole UUID, as `sexton list --json` shows it");
    }
    return found.getFirst();
  }
}
