package dev.sexton.cli;

import dev.sexton.ResourceKind;
import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.cli.StyledPrinter.Style;
import java.util.List;

/// Prints messages to a person in addition to the requested output.
final class Warnings {
  private Warnings() {}

  static void problems(StyledPrinter notes, List<Problem> problems) {
    for (Problem problem : problems) {
      warn(notes, problem.text());
    }
  }

  static void unclaimed(StyledPrinter notes, List<Unclaimed> unclaimed) {
    for (Unclaimed one : unclaimed) {
      warn(notes, text(one));
    }
  }

  /// Returns what it is and why it was left alone.
  static String text(Unclaimed one) {
    return "unclaimed "
        + one.kind().word()
        + " "
        + TerminalText.cut(one.name(), 60)
        + " ("
        + which(one)
        + "): "
        + one.reason();
  }

  /// Returns the PID of a process, or the short ID of another resource.
  static String which(Unclaimed one) {
    return one.kind() == ResourceKind.PROCESS
        ? Long.toString(one.pid())
        : HumanFormat.shortId(one.id());
  }

  static void warn(StyledPrinter notes, String text) {
    notes.add(Style.WARNING, "sexton: ").add(TerminalText.cut(text, 1000)).end();
  }
}
