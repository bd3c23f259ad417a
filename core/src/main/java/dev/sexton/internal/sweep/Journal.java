package dev.sexton.internal.sweep;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
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

  private final long pid;
  private final String command;
  private final Instant now;

  /**
   * As written by this sweeper.
   *
   * @param pid the sweeper's process ID
   * @param command the sweeper's command line
   * @param now when it writes
   */
  Journal(long pid, String command, Instant now) {
    this.pid = pid;
    this.command = command;
    this.now = now;
  }

  /** The lines for what became of resources of one instance. */
  List<String> lines(Observed instance, List<ResourceReport> reports) {
    List<String> lines = new ArrayList<>();
    for (ResourceReport report : reports) {
      JsonObject line = line(instance, report.kind().word(), report.name());
      if (report.kind() == ResourceKind.PROCESS) {
        line.addProperty("pid", report.pid());
      } else {
        line.addProperty("id", report.id());
      }
      line.addProperty("reason", report.reason());
      line.addProperty("outcome", report.outcome().name());
      line.addProperty("millis", report.millis());
      lines.add(line.toString());
    }
    return lines;
  }

  /** The line that says that an instance was swept as dead and nothing of it is left. */
  String sweptLine(Observed instance) {
    JsonObject line = line(instance, INSTANCE, instance.record().name());
    line.addProperty("pid", instance.record().pid());
    line.addProperty("reason", instance.verdict().reason());
    line.addProperty("outcome", "GONE");
    line.addProperty("millis", 0);
    return line.toString();
  }

  private JsonObject line(Observed instance, String kind, String name) {
    JsonObject sweeper = new JsonObject();
    sweeper.addProperty("pid", pid);
    sweeper.addProperty("command", command);
    JsonObject line = new JsonObject();
    line.addProperty("at", now.toString());
    line.add("sweeper", sweeper);
    line.addProperty("application", instance.application());
    line.addProperty("instance_id", instance.instanceId());
    line.addProperty("kind", kind);
    line.addProperty("name", name);
    return line;
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
