package dev.sexton.cli;

import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.PatientSweep;
import dev.sexton.internal.sweep.SweepRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The command `sexton sweep`: one pass that stops the leftovers of dead instances.
final class SweepCommand implements Command {
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
                    "with --instance: also sweep it if its state is UNKNOWN; live instances are never swept"),
                OptionSpec.value("grace", "TIME", "time between SIGTERM and SIGKILL (default 10s)"),
                KeepOption.SPEC)));
  }

  @Override
  public String exitCodes() {
    return "Exit code 1 if something is left, which the next sweep tries again. This "
        + "includes a dead instance that another sweeper is still working on, and one of "
        + "several state directories that cannot be used.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    StateScope places = StateScope.of(io, arguments);
    Duration grace = arguments.duration("grace", SweepRequest.DEFAULT_GRACE);
    Sweeper.Builder builder =
        Sweeper.builder()
            .environment(io.environment())
            .dryRun(arguments.has("dry-run"))
            .assumeDead(arguments.has("assume-dead"))
            .grace(grace)
            .patience(PatientSweep.patience(grace));
    if (arguments.has("assume-dead") && arguments.all("instance").isEmpty()) {
      throw CommandException.usage(
          "--assume-dead applies only to named instances", "add --instance UUID");
    }
    places.applications().forEach(builder::application);
    KeepOption.read(arguments).forEach(builder::keep);
    Path named = places.named();
    if (named != null) {
      builder.stateDirectory(named);
    }
    for (String instance : arguments.all("instance")) {
      builder.instance(complete(instance, places));
    }
    SweepReport report;
    try (ProgressLine progress = ProgressLine.of(io, arguments)) {
      if (progress != null) {
        builder.progress(progress);
      }
      report = builder.build().sweep();
    }
    boolean done = places.requireUsable(report.problems()) && isDone(report);
    if (arguments.json()) {
      JsonOut.document(io.out(), json -> SweepJson.write(json, report, done));
    } else {
      SweepText.print(io, report, arguments.quiet());
    }
    if (!arguments.quiet()) {
      sayWhatIsUnknown(io, arguments, places, report);
    }
    return done ? ExitCode.DONE : ExitCode.LEFT;
  }

  /// Warns of named instances without a record, which may be mistyped or swept already.
  private static void sayWhatIsUnknown(
      Io io, Arguments arguments, StateScope places, SweepReport report) {
    for (String named : arguments.all("instance")) {
      boolean reported =
          report.instances().stream().anyMatch(instance -> instance.instanceId().startsWith(named));
      String name = StateDirectory.recordOf(named);
      if (!reported
          && places.directories().stream()
              .allMatch(directory -> directory.modified(name) == null)) {
        Warnings.warn(
            io.notes(),
            "no record of instance "
                + named
                + ": it was swept already, or is in none of these directories");
      }
    }
  }

  /// Returns whether all is done. A dry run stops nothing, but what it could not stop still counts.
  static boolean isDone(SweepReport report) {
    return report.dryRun() ? SweepText.left(report) == 0 : report.isClean();
  }

  /// Returns the whole UUID for a prefix from a list.
  private static String complete(String prefix, StateScope places) throws CommandException {
    if (InstanceRecord.isUuid(prefix)) {
      return prefix;
    }
    List<String> found = new ArrayList<>();
    for (FileStateDirectory directory : places.directories()) {
      try {
        for (String name : directory.list()) {
          String id = StateDirectory.instanceOf(name);
          if (id != null && InstanceRecord.isUuid(id) && id.startsWith(prefix)) {
            found.add(id);
          }
        }
      } catch (IOException unreadable) {
        // The sweep itself reports it.
      }
    }
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
