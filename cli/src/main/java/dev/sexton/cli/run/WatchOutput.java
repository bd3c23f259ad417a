package dev.sexton.cli.run;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.ReportJson;
import dev.sexton.ResourceReport;
import dev.sexton.ResourceReport.ProcessReport;
import dev.sexton.SweepReport;
import dev.sexton.Watcher;
import dev.sexton.cli.command.SweepText;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import dev.sexton.cli.output.StyledPrinter.Style;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.output.Warnings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Prints one line per action of a watcher. Swept instances go to stdout, and what it cannot sweep
/// goes to stderr. What has not changed is not repeated at every interval.
final class WatchOutput implements Watcher.Listener {
  private final Io io;
  private final boolean json;
  private final boolean quiet;
  private final boolean verbose;
  private final Map<String, String> saidOfTombstone = new HashMap<>();
  private final Set<String> saidProblems = new HashSet<>();

  /// How long another sweeper may work on an instance before that is worth a line.
  private final Duration patience;

  private final Map<String, Instant> busySince = new HashMap<>();
  private boolean begun;

  WatchOutput(Io io, Arguments arguments, Duration patience) {
    this.patience = patience;
    this.io = io;
    this.json = arguments.json();
    this.quiet = arguments.quiet();
    this.verbose = arguments.verbose();
  }

  @Override
  public void watching(int instances) {
    if (verbose || (!begun && !quiet)) {
      io.notes().line("watching " + HumanFormat.count(instances, "live instance"));
    }
    begun = true;
  }

  @Override
  public void swept(SweepReport report, boolean everything) {
    Set<String> problems = new HashSet<>();
    Set<String> seen = new HashSet<>();
    for (InstanceReport instance : report.instances()) {
      seen.add(instance.instanceId());
      if (!instance.isBusy()) {
        busySince.remove(instance.instanceId());
      }
      if (instance.isBusy()) {
        if (isLongBusy(instance.instanceId())) {
          problems.add(SweepText.busy(instance));
        }
      } else if (instance.liveness() == Liveness.DEAD) {
        swept(instance, report.millis());
      } else if (instance.liveness() == Liveness.UNKNOWN) {
        problems.add(SweepText.unknown(instance));
      }
    }
    report.unclaimed().forEach(one -> problems.add(Warnings.text(one)));
    report.problems().forEach(one -> problems.add(one.text()));
    for (String problem : problems) {
      if (saidProblems.add(problem) && !quiet) {
        Warnings.warn(io.notes(), problem);
      }
    }
    if (everything) {
      saidProblems.retainAll(problems);
      saidOfTombstone.keySet().retainAll(seen);
      busySince.keySet().retainAll(seen);
    }
  }

  private boolean isLongBusy(String instanceId) {
    Instant now = Instant.now();
    Instant since = busySince.computeIfAbsent(instanceId, id -> now);
    return Duration.between(since, now).compareTo(patience) > 0;
  }

  private void swept(InstanceReport instance, long millis) {
    String outcome = outcome(instance);
    if (instance.record() == RecordFate.REMOVED) {
      saidOfTombstone.remove(instance.instanceId());
    } else if (outcome.equals(saidOfTombstone.put(instance.instanceId(), outcome))) {
      return;
    }
    if (json) {
      JsonOut.line(
          io.out(),
          out -> {
            out.name("at").value(Instant.now().toString());
            JsonOut.members(out, ReportJson.of(instance));
          });
      return;
    }
    io.screen()
        .add(HumanFormat.local(Instant.now()))
        .space(2)
        .add(HumanFormat.shortUuid(instance.instanceId()))
        .space(2)
        .add(TerminalText.cut(instance.application(), 40))
        .space(2)
        .add(instance.isLeft() ? Style.BAD : Style.GOOD, outcome)
        .add(
            " in "
                + HumanFormat.millis(millis)
                + "; dead: "
                + TerminalText.cut(instance.reason(), 400))
        .end();
    io.out().flush();
  }

  /// Returns, for example, `2 processes, 1 container stopped, 1 left (session: another user's)`.
  private static String outcome(InstanceReport instance) {
    Map<String, Integer> stopped = new LinkedHashMap<>();
    List<String> left = new ArrayList<>();
    for (ResourceReport resource : instance.resources()) {
      if (resource.outcome().isStopped()) {
        int size =
            resource instanceof ProcessReport process ? Math.max(1, process.pids().size()) : 1;
        stopped.merge(resource.kind().word(), size, Integer::sum);
      } else if (resource.outcome().isLeft()) {
        left.add(
            TerminalText.cut(resource.name(), 60)
                + ": "
                + TerminalText.cut(resource.reason(), 200));
      }
    }
    List<String> parts = new ArrayList<>();
    stopped.forEach((kind, count) -> parts.add(HumanFormat.count(count, kind)));
    String text = parts.isEmpty() ? "nothing to stop" : String.join(", ", parts) + " stopped";
    return left.isEmpty() ? text : text + ", " + left.size() + " left (" + left.getFirst() + ")";
  }
}
