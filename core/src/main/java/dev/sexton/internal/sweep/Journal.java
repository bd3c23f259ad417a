package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
import dev.sexton.ResourceReport.EngineReport;
import dev.sexton.ResourceReport.LabelledReport;
import dev.sexton.ResourceReport.ProcessReport;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.record.JsonText;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.JournalFormat.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The journal of a state directory. It has one line for each stop that was carried out or refused,
/// with every process that was signalled, and one line for each instance that was swept as dead.
/// The latter decides about containers that appear later. [JournalReader] reads it.
public final class Journal {
  /// The kind of a line that says that an instance was swept as dead.
  public static final String INSTANCE = "instance";

  /// The kind of a line that is written before processes are signalled. If the sweeper is killed
  /// before it can write their outcome, this line still names them.
  public static final String SIGNAL = "signal";

  /// The outcome in a line of the kind [#SIGNAL].
  public static final String ASKED = "ASKED";

  /// The name of an instance's owner in the lines about its own end.
  public static final String OWNER = "(owner)";

  private final ProcessReader processes;
  private final JournalFormat format;

  /// Processes that are about to be signalled.
  ///
  /// @param instance the instance they belong to
  /// @param name the name of their tree
  /// @param root the PID that identifies the tree
  /// @param reason why they are stopped
  /// @param processes all of them
  record Signalling(
      JournalSubject instance,
      String name,
      long root,
      String reason,
      List<NamedProcess> processes) {}

  /// Creates a journal that is written by this process.
  public Journal(ProcessReader processes) {
    this.processes = processes;
    this.format = new JournalFormat(processes);
  }

  /// Returns the lines for the outcomes of one instance's resources.
  List<String> lines(ObservedInstance instance, List<ResourceResult> settled) {
    List<String> lines = new ArrayList<>();
    if (settled.isEmpty()) {
      return lines;
    }
    String head = format.head(JournalSubject.of(instance));
    for (ResourceResult one : settled) {
      switch (one.report()) {
        case ProcessReport report -> addProcess(lines, head, report, one);
        case LabelledReport report -> lines.add(labelledLine(head, report, report.id()));
        case EngineReport report -> lines.add(labelledLine(head, report, "null"));
      }
    }
    return lines;
  }

  private void addProcess(
      List<String> lines, String head, ProcessReport report, ResourceResult result) {
    List<NamedProcess> spared = spared(report, result);
    String which = JournalFormat.process(report.pid(), identity(report, result, spared));
    boolean isItself = spared.size() == 1 && spared.getFirst().pid() == report.pid();
    JournalFormat.addLines(
        lines, outcomeLine(head, report, which), result.signalled(), isItself ? List.of() : spared);
  }

  private static String labelledLine(String head, ResourceReport report, String id) {
    return outcomeLine(head, report, "\"id\":" + JsonText.quote(id)) + "}";
  }

  private static String outcomeLine(String head, ResourceReport report, String which) {
    String kind = report.kind().word();
    String outcome = report.outcome().name();
    return JournalFormat.line(head, new Entry(kind, report.name(), which, report.reason(), outcome))
        + ",\"millis\":"
        + report.millis();
  }

  /// Returns the line that says that an instance was swept as dead and nothing of it is left.
  String sweptLine(ObservedInstance instance) {
    return JournalFormat.line(
            format.head(JournalSubject.of(instance)),
            new Entry(
                INSTANCE,
                instance.record().name(),
                "\"pid\":" + instance.record().pid(),
                instance.verdict().reason(),
                Outcome.GONE.name()))
        + ",\"millis\":0}";
  }

  /// Names processes before they are signalled. If the journal cannot be written, they are stopped
  /// anyway. The lines that follow fail too, and that failure is reported.
  void signalling(Collection<Signalling> signallings) {
    Map<StateDirectory, List<String>> lines = new LinkedHashMap<>();
    for (Signalling one : signallings) {
      if (!one.processes().isEmpty()) {
        NamedProcess root =
            one.processes().stream()
                .filter(process -> process.pid() == one.root())
                .findFirst()
                .orElse(null);
        JournalFormat.addLines(
            lines.computeIfAbsent(one.instance().directory(), directory -> new ArrayList<>()),
            JournalFormat.line(
                    format.head(one.instance()),
                    new Entry(
                        SIGNAL,
                        one.name(),
                        JournalFormat.process(one.root(), root),
                        one.reason(),
                        ASKED))
                + ",\"millis\":0",
            one.processes(),
            List.of());
      }
    }
    lines.forEach((directory, text) -> append(directory, text));
  }

  /// Writes the outcome for an owner that was to be stopped.
  void ended(
      JournalSubject instance, NamedProcess owner, Outcome outcome, String reason, long millis) {
    boolean signalled = outcome.isStopped() || outcome == Outcome.FAILED;
    List<String> lines = new ArrayList<>();
    JournalFormat.addLines(
        lines,
        JournalFormat.line(
                format.head(instance),
                new Entry(
                    ResourceKind.PROCESS.word(),
                    OWNER,
                    JournalFormat.process(owner.pid(), owner),
                    reason,
                    outcome.name()))
            + ",\"millis\":"
            + millis,
        signalled ? List.of(owner) : List.of(),
        List.of());
    append(instance.directory(), lines);
  }

  private static void append(StateDirectory directory, List<String> lines) {
    try {
      directory.appendJournal(lines);
    } catch (IOException | RuntimeException unwritable) {
      // A requested stop is carried out even if the journal cannot name it.
    }
  }

  /// Returns the processes of a tree that were left alone or did not end.
  private List<NamedProcess> spared(ProcessReport report, ResourceResult one) {
    List<NamedProcess> spared = new ArrayList<>();
    for (ProcessInfo process : one.remaining()) {
      if (one.signalled().stream().noneMatch(named -> isSame(named, process))) {
        spared.add(NamedProcess.of(processes, process));
      }
    }
    if (report.outcome() == Outcome.RECYCLED
        && report.pid() > 0
        && processes.find(report.pid()) instanceof ProcessLookup.Present present) {
      spared.add(NamedProcess.of(processes, present.process()));
    }
    return spared;
  }

  private static boolean isSame(NamedProcess named, ProcessInfo process) {
    return named.pid() == process.pid() && named.start().equals(process.start());
  }

  /// Returns the process that the line's own `pid` refers to; null if only its PID is known.
  private static @Nullable NamedProcess identity(
      ProcessReport report, ResourceResult one, List<NamedProcess> spared) {
    for (List<NamedProcess> named : List.of(one.signalled(), spared)) {
      for (NamedProcess process : named) {
        if (process.pid() == report.pid()) {
          return process;
        }
      }
    }
    return null;
  }
}
