package dev.sexton.cli.output;

import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.SweepReport.UnclaimedLabelled;
import dev.sexton.SweepReport.UnclaimedProcess;
import dev.sexton.cli.output.StyledPrinter.Style;
import java.util.List;

/// Prints messages to a person in addition to the requested output.
public final class Warnings {
  private Warnings() {}

  public static void problems(StyledPrinter notes, List<Problem> problems) {
    for (Problem problem : problems) {
      warn(notes, problem.text());
    }
  }

  public static void unclaimed(StyledPrinter notes, List<Unclaimed> unclaimed) {
    for (Unclaimed one : unclaimed) {
      warn(notes, text(one));
    }
  }

  /// Returns what it is and why it was left alone.
  public static String text(Unclaimed one) {
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
  public static String which(Unclaimed one) {
    return switch (one) {
      case UnclaimedProcess process -> Long.toString(process.pid());
      case UnclaimedLabelled labelled -> HumanFormat.shortId(labelled.id());
    };
  }

  public static void warn(StyledPrinter notes, String text) {
    notes.add(Style.WARNING, "sexton: ").add(TerminalText.cut(text, 1000)).end();
  }
}
