package dev.sexton.cli.command;

import dev.sexton.InstanceInfo;
import dev.sexton.InstanceReport;
import dev.sexton.Outcome;
import dev.sexton.StopReport;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.StyledPrinter;
import dev.sexton.cli.output.StyledPrinter.Style;
import dev.sexton.cli.output.TerminalText;

/// Prints the result of stopping a server for a person.
final class StopText {
  private StopText() {}

  static void print(Io io, StopReport report) {
    InstanceInfo instance = report.instance();
    StopReport.OwnerResult owner = report.owner();
    StopReport.Leftovers leftovers = report.leftovers();
    StyledPrinter screen = io.screen();
    screen
        .add(HumanFormat.shortUuid(instance.instanceId()))
        .space(2)
        .add(TerminalText.cut(instance.application(), 40))
        .add(instance.name().isEmpty() ? "" : " " + TerminalText.cut(instance.name(), 60))
        .add(": ");
    if (!owner.refusal().isEmpty()) {
      boolean gone = owner.outcome() == Outcome.GONE;
      screen
          .add(gone ? Style.FAINT : Style.BAD, gone ? "was gone" : "not stopped")
          .add(": " + TerminalText.cut(owner.refusal(), 400))
          .end();
      io.out().flush();
      return;
    }
    screen
        .add(owner.outcome() == Outcome.KILLED ? Style.WARNING : Style.GOOD, owner(owner.outcome()))
        .add(" in " + HumanFormat.millis(report.millis()))
        .end();
    InstanceReport swept = leftovers.swept();
    if (swept != null) {
      SweepText.resources(screen, swept);
    }
    if (!leftovers.rest().isEmpty() && leftovers.left() == 0) {
      screen
          .add(Style.BAD, "something may be left")
          .add(": " + TerminalText.cut(leftovers.rest(), 400))
          .end();
    }
    io.out().flush();
  }

  private static String owner(Outcome outcome) {
    return switch (outcome) {
      case STOPPED -> "stopped";
      case KILLED -> "killed, because it ignored SIGTERM";
      default -> "was already dead, swept";
    };
  }
}
