package dev.sexton.internal.sweep;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.record.JsonText;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The journal of a state directory. It has one line for each stop that was carried out or refused,
/// with every process that was signalled, and one line for each instance that was swept as dead.
/// The latter decides about containers that appear later.
public final class Journal {
  /// The kind of a line that says that an instance was swept as dead.
  public static final String INSTANCE = "instance";

  /// The kind of a line that is written before processes are signalled. If the sweeper is killed
  /// before it can write their outcome, this line still names them.
  public static final String SIGNAL = "signal";

  /// The maximum length of a name or a reason, in characters.
  private static final int MAX_TEXT = 1000;

  /// The outcome in a line of the kind [#SIGNAL].
  public static final String ASKED = "ASKED";

  /// The name of an instance's owner in the lines about its own end.
  public static final String OWNER = "(owner)";

  /// The maximum number of processes in a line. A larger tree has several lines.
  private static final int PROCESSES_PER_LINE = 100;

  private final ProcessReader processes;
  private @Nullable String command;

  /// The text with which lines of one millisecond begin. Formatting a time takes as long as the
  /// rest.
  private volatile Beginning beginning = new Beginning(Long.MIN_VALUE, "");

  private record Beginning(long millis, String text) {}

  /// An instance that a line is about.
  ///
  /// @param directory the directory with its journal
  /// @param application its application
  /// @param instanceId its UUID
  public record Subject(StateDirectory directory, String application, String instanceId) {
    static Subject of(ObservedInstance instance) {
      return new Subject(instance.directory(), instance.application(), instance.instanceId());
    }
  }

  /// Processes that are about to be signalled.
  ///
  /// @param instance the instance they belong to
  /// @param name the name of their tree
  /// @param root the PID that identifies the tree
  /// @param reason why they are stopped
  /// @param processes all of them
  record Signalling(
      Subject instance, String name, long root, String reason, List<NamedProcess> processes) {}

  /// Creates a journal that is written by this process.
  public Journal(ProcessReader processes) {
    this.processes = processes;
  }

  /// Returns the lines for the outcomes of one instance's resources.
  List<String> lines(ObservedInstance instance, List<ResourceResult> settled) {
    List<String> lines = new ArrayList<>();
    if (settled.isEmpty()) {
      return lines;
    }
    String head = head(Subject.of(instance));
    for (ResourceResult one : settled) {
      ResourceReport report = one.report();
      String outcome = report.outcome().name();
      if (report.kind() == ResourceKind.PROCESS) {
        List<NamedProcess> spared = spared(one);
        String which = process(report.pid(), identity(one, spared));
        List<NamedProcess> others = spared;
        if (others.size() == 1 && others.getFirst().pid() == report.pid()) {
          others = List.of();
        }
        addLines(
            lines,
            line(head, report.kind().word(), report.name(), which, report.reason(), outcome)
                + ",\"millis\":"
                + report.millis(),
            one.signalled(),
            others);
      } else {
        String which = "\"id\":" + JsonText.quote(String.valueOf(report.id()));
        lines.add(
            line(head, report.kind().word(), report.name(), which, report.reason(), outcome)
                + ",\"millis\":"
                + report.millis()
                + "}");
      }
    }
    return lines;
  }

  /// Returns the line that says that an instance was swept as dead and nothing of it is left.
  String sweptLine(ObservedInstance instance) {
    return line(
            head(Subject.of(instance)),
            INSTANCE,
            instance.record().name(),
            "\"pid\":" + instance.record().pid(),
            instance.verdict().reason(),
            Outcome.GONE.name())
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
        addLines(
            lines.computeIfAbsent(one.instance().directory(), directory -> new ArrayList<>()),
            line(
                    head(one.instance()),
                    SIGNAL,
                    one.name(),
                    process(one.root(), root),
                    one.reason(),
                    ASKED)
                + ",\"millis\":0",
            one.processes(),
            List.of());
      }
    }
    lines.forEach((directory, text) -> append(directory, text));
  }

  /// Writes the outcome for an owner that was to be stopped.
  void ended(Subject instance, NamedProcess owner, Outcome outcome, String reason, long millis) {
    boolean signalled = outcome.isStopped() || outcome == Outcome.FAILED;
    List<String> lines = new ArrayList<>();
    addLines(
        lines,
        line(
                head(instance),
                ResourceKind.PROCESS.word(),
                OWNER,
                process(owner.pid(), owner),
                reason,
                outcome.name())
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
  private List<NamedProcess> spared(ResourceResult one) {
    List<NamedProcess> spared = new ArrayList<>();
    for (ProcessInfo process : one.remaining()) {
      if (one.signalled().stream().noneMatch(named -> isSame(named, process))) {
        spared.add(NamedProcess.of(processes, process));
      }
    }
    if (one.report().outcome() == Outcome.RECYCLED
        && one.report().pid() > 0
        && processes.find(one.report().pid()) instanceof ProcessLookup.Present present) {
      spared.add(NamedProcess.of(processes, present.process()));
    }
    return spared;
  }

  private static boolean isSame(NamedProcess named, ProcessInfo process) {
    return named.pid() == process.pid() && named.start() == process.start();
  }

  /// Returns the process that the line's own `pid` refers to; null if only its PID is known.
  private static @Nullable NamedProcess identity(ResourceResult one, List<NamedProcess> spared) {
    for (List<NamedProcess> named : List.of(one.signalled(), spared)) {
      for (NamedProcess process : named) {
        if (process.pid() == one.report().pid()) {
          return process;
        }
      }
    }
    return null;
  }

  /// Assembled as text, because a cold JVM is slow to build a thousand JSON trees.
  private String head(Subject instance) {
    long now = processes.wallClock().toEpochMilli();
    Beginning begin = beginning;
    if (begin.millis() != now) {
      begin = new Beginning(now, beginning(Instant.ofEpochMilli(now)));
      beginning = begin;
    }
    return begin.text()
        + JsonText.quote(instance.application())
        + ",\"instance_id\":"
        + JsonText.quote(instance.instanceId());
  }

  private String beginning(Instant at) {
    String self = command;
    if (self == null) {
      self = JsonText.quote(processes.command(processes.self()));
      command = self;
    }
    return "{\"at\":"
        + JsonText.quote(at.toString())
        + ",\"sweeper\":{\"pid\":"
        + processes.self()
        + ",\"command\":"
        + self
        + "},\"application\":";
  }

  private static String line(
      String head, String kind, String name, String which, String reason, String outcome) {
    return head
        + ",\"kind\":"
        + JsonText.quote(kind)
        + ",\"name\":"
        + JsonText.quote(cut(name))
        + ","
        + which
        + ",\"reason\":"
        + JsonText.quote(cut(reason))
        + ",\"outcome\":"
        + JsonText.quote(outcome);
  }

  private static String process(long pid, @Nullable NamedProcess named) {
    return named == null
        ? "\"pid\":" + pid
        : "\"pid\":"
            + pid
            + ",\"start\":"
            + named.start()
            + ",\"command\":"
            + JsonText.quote(named.command());
  }

  /// Adds a line with its processes. If there are too many for one line, adds several lines, each
  /// with its number as `part`.
  private static void addLines(
      List<String> lines, String line, List<NamedProcess> signalled, List<NamedProcess> spared) {
    int most = Math.max(signalled.size(), spared.size());
    int parts = Math.max(1, (most + PROCESSES_PER_LINE - 1) / PROCESSES_PER_LINE);
    for (int part = 0; part < parts; part++) {
      StringBuilder text = new StringBuilder(line);
      if (parts > 1) {
        text.append(",\"part\":").append(part + 1).append(",\"parts\":").append(parts);
      }
      addProcesses(text, "signalled", part(signalled, part));
      addProcesses(text, "spared", part(spared, part));
      lines.add(text.append('}').toString());
    }
  }

  private static List<NamedProcess> part(List<NamedProcess> all, int part) {
    int from = Math.min(all.size(), part * PROCESSES_PER_LINE);
    return all.subList(from, Math.min(all.size(), from + PROCESSES_PER_LINE));
  }

  private static void addProcesses(StringBuilder text, String key, List<NamedProcess> all) {
    if (all.isEmpty()) {
      return;
    }
    text.append(",\"").append(key).append("\":[");
    for (int i = 0; i < all.size(); i++) {
      NamedProcess process = all.get(i);
      text.append(i == 0 ? "{" : ",{").append(process(process.pid(), process)).append('}');
    }
    text.append(']');
  }

  /// Limits a text: a record may hold names of any length, but must not fill the journal with them.
  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }

  /// Returns all readable lines, oldest first. A truncated line is left out.
  public static List<JsonObject> read(StateDirectory directory) throws IOException {
    List<JsonObject> lines = new ArrayList<>();
    for (String line : directory.readJournal()) {
      JsonObject entry = parse(line);
      if (entry != null) {
        lines.add(entry);
      }
    }
    return lines;
  }

  /// Returns whether a journal says that an instance was swept as dead.
  public static boolean isSwept(StateDirectory directory, String instanceId) throws IOException {
    return directory.untrustedReason() == null && sweptAt(directory).containsKey(instanceId);
  }

  /// Returns when each instance was swept as dead for the first time, by its UUID.
  static Map<String, String> sweptAt(StateDirectory directory) throws IOException {
    Map<String, String> swept = new HashMap<>();
    for (String line : directory.readJournal()) {
      if (line.contains("\"" + INSTANCE + "\"")) {
        try {
          JsonObject entry = JsonParser.parseString(line).getAsJsonObject();
          String id = text(entry, "instance_id");
          String at = text(entry, "at");
          if (INSTANCE.equals(text(entry, "kind")) && !id.isEmpty() && !at.isEmpty()) {
            swept.putIfAbsent(id, at);
          }
        } catch (JsonParseException | IllegalStateException cutOff) {
          // Its sweeper was killed. The other lines remain valid.
        }
      }
    }
    return swept;
  }

  /// Leaves out processes that an earlier sweep of an instance with a tombstone spared with the
  /// same outcome. Otherwise each interval of a watcher would add a line.
  static List<ResourceResult> withoutKnown(
      ObservedInstance instance, List<ResourceResult> settled) {
    if (settled.stream().noneMatch(Journal::isSpared)) {
      return settled;
    }
    Set<String> known = new HashSet<>();
    try {
      for (String line : instance.directory().readJournal()) {
        if (line.contains(instance.instanceId())) {
          JsonObject entry = parse(line);
          if (entry != null && instance.instanceId().equals(text(entry, "instance_id"))) {
            known.add(text(entry, "outcome") + text(entry, "pid") + "@" + text(entry, "start"));
          }
        }
      }
    } catch (IOException unreadable) {
      return settled; // A duplicate is better than no line.
    }
    List<ResourceResult> news = new ArrayList<>();
    for (ResourceResult one : settled) {
      Outcome outcome = one.report().outcome();
      if (!isSpared(one)
          || one.remaining().stream()
              .anyMatch(process ->
                  !known.contains(outcome.name() + process.pid() + "@" + process.start()))) {
        news.add(one);
      }
    }
    return news;
  }

  /// Returns whether the result is a process that was left alone, exists, and is uniquely
  /// identified.
  private static boolean isSpared(ResourceResult one) {
    return switch (one.report().outcome()) {
      case KEPT, UNCLAIMED, DENIED -> !one.remaining().isEmpty();
      default -> false;
    };
  }

  private static @Nullable JsonObject parse(String line) {
    try {
      return JsonParser.parseString(line) instanceof JsonObject entry ? entry : null;
    } catch (JsonParseException cutOff) {
      return null; // Its sweeper was killed. The other lines remain valid.
    }
  }

  private static String text(JsonObject line, String key) {
    return line.has(key) && line.get(key).isJsonPrimitive() ? line.get(key).getAsString() : "";
  }
}
