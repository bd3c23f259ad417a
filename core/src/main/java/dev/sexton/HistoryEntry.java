package dev.sexton;

import static dev.sexton.internal.sweep.JournalReader.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.sweep.Journal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An entry of a journal: a stop that was carried out or refused. Immutable.
public final class HistoryEntry {
  /// The outcome of an entry that only announces signals.
  public static final String ASKED = Journal.ASKED;

  private static final String SIGNALLED = "signalled";
  private static final String SPARED = "spared";

  private final Instant at;
  private final JsonObject json;

  private HistoryEntry(Instant at, JsonObject json) {
    this.at = at;
    this.json = json;
  }

  /// A process that an entry names.
  ///
  /// @param pid its PID
  /// @param start when it started, in the unit of the process table; -1 if the entry does not say
  /// @param command its command line; empty if the entry does not say
  public record Named(long pid, long start, String command) {
    private static Named of(JsonObject json) {
      return new Named(
          HistoryEntry.number(json, "pid"),
          json.has("start") ? HistoryEntry.number(json, "start") : -1,
          text(json, "command"));
    }
  }

  /// Returns the entry in a line of a journal. Null if the line is not about a stop, or is the note
  /// that an instance was swept.
  static @Nullable HistoryEntry of(JsonObject json) {
    String kind = text(json, "kind");
    if (kind.isEmpty() || kind.equals(Journal.INSTANCE)) {
      return null;
    }
    try {
      return new HistoryEntry(Instant.parse(text(json, "at")), json);
    } catch (DateTimeException noTime) {
      return null;
    }
  }

  /// {@return the time of the stop}
  public Instant at() {
    return at;
  }

  /// {@return the PID of the process that made the entry; 0 if the entry does not say}
  public long sweeperPid() {
    return json.get("sweeper") instanceof JsonObject sweeper ? number(sweeper, "pid") : 0;
  }

  /// {@return the command line of the process that made the entry; empty if the entry does not say}
  public String sweeperCommand() {
    return json.get("sweeper") instanceof JsonObject sweeper ? text(sweeper, "command") : "";
  }

  /// {@return the application of the instance}
  public String application() {
    return text(json, "application");
  }

  /// {@return the UUID of the instance}
  public String instanceId() {
    return text(json, "instance_id");
  }

  /// {@return the kind of the resource, or `signal` for an entry that only announces signals}
  public String kind() {
    return text(json, "kind");
  }

  /// {@return whether the entry only announces signals} If the sweeper was killed afterwards, no
  /// entry has the outcome.
  public boolean isSignal() {
    return kind().equals(Journal.SIGNAL);
  }

  /// {@return whether the entry is about a process, and not about a labelled resource}
  public boolean isProcess() {
    return json.has("pid");
  }

  /// {@return the name of the resource}
  public String name() {
    return text(json, "name");
  }

  /// {@return the engine's ID of a labelled resource; empty for a process}
  public String id() {
    return text(json, "id");
  }

  /// {@return the process that the entry is about} Its PID is 0 for a labelled resource.
  public Named process() {
    return Named.of(json);
  }

  /// {@return the name of the [Outcome], or `ASKED` for an entry that only announces signals} A
  /// later version may have other outcomes.
  public String outcome() {
    return text(json, "outcome");
  }

  /// {@return a human-readable reason}
  public String reason() {
    return text(json, "reason");
  }

  /// {@return the time it took, in milliseconds}
  public long millis() {
    return number(json, "millis");
  }

  /// {@return the processes that were signalled}
  public List<Named> signalled() {
    return processes(SIGNALLED);
  }

  /// {@return the processes that were left alone or did not end, if there are several}
  public List<Named> spared() {
    return processes(SPARED);
  }

  /// {@return whether the entry is not older than a time and is about an instance}
  ///
  /// @param since the earliest time that counts
  /// @param instancePrefix the beginning of the UUID of the instance; empty for any
  public boolean concerns(Instant since, String instancePrefix) {
    return !at.isBefore(since) && instanceId().startsWith(instancePrefix);
  }

  /// {@return whether the entry names a process with this PID, as its subject or in its tree}
  ///
  /// @param pid the PID, which several processes may have had, one after the other
  public boolean names(long pid) {
    return isProcess()
        && (process().pid() == pid
            || signalled().stream().anyMatch(process -> process.pid() == pid)
            || spared().stream().anyMatch(process -> process.pid() == pid));
  }

  /// Returns the time as the journal has it.
  String atText() {
    return text(json, "at");
  }

  /// Returns the number of this entry among several for one large tree; 0 if there is only one.
  long part() {
    return number(json, "part");
  }

  /// Returns the subject of the entry and its writer.
  String target() {
    return json.get("sweeper") + " " + instanceId() + " " + text(json, "pid") + " " + name();
  }

  /// Returns this entry with the processes of the other parts of the same tree.
  HistoryEntry with(List<HistoryEntry> parts) {
    JsonObject whole = json.deepCopy();
    for (HistoryEntry part : parts) {
      for (String key : List.of(SIGNALLED, SPARED)) {
        if (part.json.get(key) instanceof JsonArray more) {
          if (whole.get(key) instanceof JsonArray before) {
            before.addAll(more);
          } else {
            whole.add(key, more.deepCopy());
          }
        }
      }
    }
    return new HistoryEntry(at, whole);
  }

  private List<Named> processes(String key) {
    List<Named> processes = new ArrayList<>();
    if (json.get(key) instanceof JsonArray array) {
      for (JsonElement element : array) {
        if (element instanceof JsonObject process) {
          processes.add(Named.of(process));
        }
      }
    }
    return processes;
  }

  private static long number(JsonObject json, String key) {
    try {
      return Long.parseLong(text(json, key));
    } catch (NumberFormatException none) {
      return 0;
    }
  }
}
