package dev.sexton.cli.command;

import dev.sexton.InstanceReport;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.ResourceReport;
import dev.sexton.ResourceReport.EngineReport;
import dev.sexton.ResourceReport.LabelledReport;
import dev.sexton.ResourceReport.ProcessReport;
import dev.sexton.SweepReport;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.StyledPrinter;
import dev.sexton.cli.output.StyledPrinter.Style;
import dev.sexton.cli.output.Table;
import dev.sexton.cli.output.Table.Cell;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.output.Warnings;
import java.util.List;
import java.util.function.Predicate;

/// Prints the result of a sweep for a person.
public final class SweepText {
  private SweepText() {}

  public static void print(Io io, SweepReport report, boolean quiet) {
    StyledPrinter screen = io.screen();
    for (InstanceReport instance : report.instances()) {
      if (instance.liveness() == Liveness.DEAD) {
        print(screen, instance);
      }
    }
    summary(screen, report);
    io.out().flush();
    if (!quiet) {
      StyledPrinter notes = io.notes();
      for (InstanceReport instance : report.instances()) {
        if (instance.liveness() == Liveness.UNKNOWN) {
          Warnings.warn(notes, unknown(instance));
        }
      }
      Warnings.unclaimed(notes, report.unclaimed());
      Warnings.problems(notes, report.problems());
    }
  }

  /// Returns why an unknown instance is left alone.
  public static String unknown(InstanceReport instance) {
    return instance.instanceId()
        + " ("
        + instance.application()
        + ") is unknown and left alone: "
        + instance.reason();
  }

  /// Returns why a dead instance is left to another sweeper.
  public static String busy(InstanceReport instance) {
    return instance.instanceId()
        + " ("
        + instance.application()
        + ") is dead and not swept here: "
        + instance.reason();
  }

  public static void print(StyledPrinter screen, InstanceReport instance) {
    screen
        .add(HumanFormat.shortUuid(instance.instanceId()))
        .space(2)
        .add(TerminalText.cut(instance.application(), 40))
        .add(", ")
        .add(Style.BAD, "dead")
        .add(": " + TerminalText.cut(instance.reason(), 400))
        .end();
    resources(screen, instance);
  }

  /// Prints the outcomes for one instance's resources, one per line.
  static void resources(StyledPrinter screen, InstanceReport instance) {
    Table table = new Table(2, 6).limit(1, 24).limit(5, 400).right(4);
    for (ResourceReport resource : instance.resources()) {
      table.row(
          null,
          List.of(
              Cell.of(resource.kind().word()),
              Cell.of(resource.name()),
              Cell.of(which(resource)),
              outcome(resource.outcome()),
              Cell.of(resource.outcome().isStopped() ? HumanFormat.millis(resource.millis()) : ""),
              Cell.of(explanation(resource))));
    }
    table.print(screen);
  }

  private static String which(ResourceReport resource) {
    return switch (resource) {
      case ProcessReport process -> which(process);
      case LabelledReport labelled -> HumanFormat.shortId(labelled.id());
      case EngineReport engine -> "";
    };
  }

  private static String which(ProcessReport process) {
    if (process.pid() == 0) {
      return "";
    }
    int below = process.pids().size() - 1;
    return process.pid() + (below > 0 ? " and " + below + " below" : "");
  }

  /// Returns what the outcome alone does not say.
  private static String explanation(ResourceReport resource) {
    String recorded = "recorded; ";
    return switch (resource.outcome()) {
      case STOPPED, WOULD_STOP -> "";
      default ->
          resource.reason().startsWith(recorded)
              ? resource.reason().substring(recorded.length())
              : resource.reason();
    };
  }

  private static Cell outcome(Outcome outcome) {
    return switch (outcome) {
      case GONE -> new Cell("gone", Style.FAINT);
      case STOPPED -> new Cell("stopped", Style.GOOD);
      case KILLED -> new Cell("killed", Style.WARNING);
      case RECYCLED -> new Cell("left alone", Style.FAINT);
      case KEPT -> new Cell("kept", Style.FAINT);
      case UNCLAIMED -> new Cell("unclaimed", Style.WARNING);
      case DENIED -> new Cell("denied", Style.BAD);
      case FAILED -> new Cell("failed", Style.BAD);
      case WOULD_STOP -> new Cell("would stop", Style.WARNING);
    };
  }

  public static void summary(StyledPrinter screen, SweepReport report) {
    int busy = count(report, InstanceReport::isBusy);
    int swept = report.count(Liveness.DEAD) - busy;
    int kept = count(report, InstanceReport::isLeft);
    int planned = 0;
    for (InstanceReport instance : report.instances()) {
      planned += count(instance, Outcome.WOULD_STOP);
    }
    int left = report.failed();
    StringBuilder text = new StringBuilder();
    if (swept == 0) {
      text.append("nothing to sweep.");
    } else if (report.dryRun()) {
      text.append(HumanFormat.count(swept, "dead instance"))
          .append(", ")
          .append(HumanFormat.count(planned, "resource"))
          .append(" would be stopped; nothing was touched.");
    } else {
      text.append(HumanFormat.count(swept, "dead instance"))
          .append(" swept in ")
          .append(HumanFormat.millis(report.millis()))
          .append(": ")
          .append(HumanFormat.count(report.stopped(), "resource"))
          .append(" stopped, ")
          .append(
              left > 0
                  ? left + " left; the next sweep will try again."
                  : kept > 0
                      ? HumanFormat.count(kept, "record") + " kept for the next sweep."
                      : "nothing left.");
    }
    add(text, busy, " dead, being swept by another sweeper");
    add(text, report.count(Liveness.ALIVE), " alive");
    add(text, report.count(Liveness.UNKNOWN), " unknown");
    screen.line(text.charAt(text.length() - 1) == '.' ? text.toString() : text + ".");
  }

  private static void add(StringBuilder text, int count, String what) {
    if (count > 0) {
      text.append(text.charAt(text.length() - 1) == '.' ? " " : ", ").append(count).append(what);
    }
  }

  private static int count(SweepReport report, Predicate<InstanceReport> property) {
    return (int) report.instances().stream().filter(property).count();
  }

  private static int count(InstanceReport instance, Outcome outcome) {
    int count = 0;
    for (ResourceReport resource : instance.resources()) {
      count += resource.outcome() == outcome ? 1 : 0;
    }
    return count;
  }
}
