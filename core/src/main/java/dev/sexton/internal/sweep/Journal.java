package dev.sexton.internal.sweep;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
import dev.sexton.internal.record.JsonText;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The journal of a state directory: one line for each stop that was carried out or refused, and one
 * for each instance that was swept as dead, which is what a container that appears later is judged
 * by.
 */
public final class Journal {
  /** The kind of a line that says that an instance was swept as dead. */
  public static final String INSTANCE = "instance";

  /** So many characters of a name or a reason are kept. */
  private static final int MAX_TEXT = 1000;

  /** What every line of this sweeper begins with. */
  private final String head;

  /**
   * As written by this sweeper.
   *
   * @param pid the sweeper's process ID
   * @param command the sweeper's command line
   * @param now when it writes
   */
  Journal(long pid, String command, Instant now) {
    this.head =
        "{\"at\":"
            + JsonText.quote(now.toString())
            + ",\"sweeper\":{\"pid\":"
            + pid
            + ",\"command\":"
            + JsonText.quote(command)
            + "},\"application\":";
  }

  /** The lines for what became of resources of one instance. */
  List<String> lines(Observed instance, List<ResourceReport> reports) {
    List<String> lines = new ArrayList<>();
    for (ResourceReport report : reports) {
      boolean process = report.kind() == ResourceKind.PROCESS;
      String which =
          process
              ? "\"pid\":" + report.pid()
              : "\"id\":" + JsonText.quote(String.valueOf(report.id()));
      lines.add(
          line(
              instance,
              report.kind().word(),
              report.name(),
              which,
              report.reason(),
              report.outcome().name(),
              report.millis()));
    }
    return lines;
  }

  /** The line that says that an instance was swept as dead and nothing of it is left. */
  String sweptLine(Observed instance) {
    String which = "\"pid\":" + instance.record().pid();
    return line(
        instance,
        INSTANCE,
        instance.record().name(),
        which,
        instance.verdict().reason(),
        Outcome.GONE.name(),
        0);
  }

  /** Put together as text: a cold JVM builds a thousand trees of JSON slowly. */
  private String line(
      Observed instance,
      String kind,
      String name,
      String which,
      String reason,
      String outcome,
      long millis) {
    return head
        + JsonText.quote(instance.application())
        + ",\"instance_id\":"
        + JsonText.quote(instance.instanceId())
        + ",\"kind\":"
        + JsonText.quote(kind)
        + ",\"name\":"
        + JsonText.quote(cut(name))
        + ","
        + which
        + ",\"reason\":"
        + JsonText.quote(cut(reason))
        + ",\"outcome\":"
        + JsonText.quote(outcome)
        + ",\"millis\":"
        + millis
        + "}";
  }

  /** A record may hold names of any length, but must not fill the journal with them. */
  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }

  /** All lines that can be read, the oldest first. A line that was cut off is left out. */
  public static List<JsonObject> read(StateDirectory directory) throws IOException {
    List<JsonObject> lines = new ArrayList<>();
    for (String line : directory.readJournal()) {
      try {
        lines.add(JsonParser.parseString(line).getAsJsonObject());
      } catch (JsonParseException | IllegalStateException cutOff) {
        // Its sweeper was killed; the other lines stand.
      }
    }
    return lines;
  }

  /** When this instance was swept as dead; empty if the journal does not say that it was. */
  static String sweptAt(StateDirectory directory, String instanceId) throws IOException {
    for (String line : directory.readJournal()) {
      if (line.contains(instanceId) && line.contains("\"" + INSTANCE + "\"")) {
        try {
          JsonObject entry = JsonParser.parseString(line).getAsJsonObject();
          if (INSTANCE.equals(text(entry, "kind"))
              && instanceId.equals(text(entry, "instance_id"))) {
            return text(entry, "at");
          }
        } catch (JsonParseException | IllegalStateException cutOff) {
          // Its sweeper was killed; the other lines stand.
        }
      }
    }
    return "";
  }

  private static String text(JsonObject line, String key) {
    return line.has(key) && line.get(key).isJsonPrimitive() ? line.get(key).getAsString() : "";
  }
}
