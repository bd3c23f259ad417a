package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.record.JsonText;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Formats the lines of a journal. They are assembled as text, because a cold JVM is slow to build
/// a thousand JSON trees. Thread-safe.
final class JournalFormat {
  /// The maximum length of a name or a reason, in characters.
  private static final int MAX_TEXT = 1000;

  /// The maximum number of processes in a line. A larger tree has several lines.
  private static final int PROCESSES_PER_LINE = 100;

  private final ProcessReader processes;
  private @Nullable String command;

  /// The text with which lines of one millisecond begin. Formatting a time takes as long as the
  /// rest.
  private volatile Beginning beginning = new Beginning(Long.MIN_VALUE, "");

  private record Beginning(long millis, String text) {}

  JournalFormat(ProcessReader processes) {
    this.processes = processes;
  }

  /// Returns the beginning of a line, up to the instance.
  String head(JournalSubject instance) {
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

  /// What a line says about a resource.
  ///
  /// @param which the keys that identify the resource
  record Entry(String kind, String name, String which, String reason, String outcome) {}

  /// Returns a line up to its outcome, without the end.
  ///
  /// @param head the beginning
  static String line(String head, Entry entry) {
    return head
        + ",\"kind\":"
        + JsonText.quote(entry.kind())
        + ",\"name\":"
        + JsonText.quote(cut(entry.name()))
        + ","
        + entry.which()
        + ",\"reason\":"
        + JsonText.quote(cut(entry.reason()))
        + ",\"outcome\":"
        + JsonText.quote(entry.outcome());
  }

  /// Returns the keys that identify a process.
  ///
  /// @param named the process; null if only its PID is known
  static String process(long pid, @Nullable NamedProcess named) {
    return named == null
        ? "\"pid\":" + pid
        : "\"pid\":"
            + pid
            + ",\"start\":"
            + named.start().value()
            + ",\"command\":"
            + JsonText.quote(named.command());
  }

  /// Adds a line with its processes. If there are too many for one line, adds several lines, each
  /// with its number as `part`.
  static void addLines(
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
}
