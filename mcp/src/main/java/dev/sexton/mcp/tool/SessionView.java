package dev.sexton.mcp.tool;

import dev.sexton.mcp.session.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A session as tools and resources show it.
final class SessionView {
  private SessionView() {}

  /// Returns the input of a tool that starts a session: the name, to which the tool adds keys.
  static Schema newName() {
    return Schema.object()
        .required(
            "name",
            "string",
            "The session's name: letters, digits, dots, dashes, underscores. It must not be in"
                + " use.",
            "minLength",
            1,
            "maxLength",
            64);
  }

  static Schema schema() {
    return Schema.object()
        .required("name", "string", "The session's name.")
        .required("kind", "string", "process, container, pod or job")
        .required(
            "state",
            "string",
            "starting: not ready yet; running; exited: ended by itself; stopped: by session_stop or"
                + " a limit")
        .required("command", "string", "Its command or image.")
        .nullable("pid", "integer", "The PID; null for anything but a process.")
        .nullable(
            "container_id", "string", "The container's ID; null for anything but a container.")
        .nullable(
            "pod", "string", "CONTEXT/NAMESPACE/NAME of a pod or job; null for anything else.")
        .required(
            "ports",
            "object",
            "For each port of the container, the port on this machine.",
            "additionalProperties",
            Map.of("type", "integer"))
        .nullable(
            "exit_code",
            "integer",
            "The exit code of its process, once the session has ended; 128+n after signal n.")
        .nullable("reason", "string", "Why it was stopped; null if it was not.")
        .nullable("detail", "string", "What the cluster says of the end of a pod or job; or null.")
        .required("instance_id", "string", "Its UUID in sexton list.")
        .required("started_at", "string", "Start time, in UTC.")
        .nullable(
            "ended_at",
            "string",
            "Time at which the last of its processes was gone; null while it runs.")
        .required("seconds", "number", "How long it has been running, or ran.");
  }

  static Map<String, Object> of(Session session) {
    Map<String, Object> view = new LinkedHashMap<>();
    // Read before the state, because the session may end in between. A running session has no exit
    // code.
    Integer exitCode = session.exitCode();
    Instant ended = session.endedAt();
    view.put("name", session.name());
    view.put("kind", session.body().kind());
    view.put("state", session.state().name().toLowerCase(Locale.ROOT));
    view.put("command", cut(session.body().command()));
    put(view, "pid", session.body().pid());
    put(view, "container_id", session.body().containerId());
    put(view, "pod", session.body().pod());
    Map<String, Object> ports = new TreeMap<>();
    session.body().ports().forEach((inner, outer) -> ports.put(Integer.toString(inner), outer));
    view.put("ports", ports);
    put(view, "exit_code", exitCode);
    put(view, "reason", session.stopReason());
    put(view, "detail", session.body().detail());
    view.put("instance_id", session.instanceId());
    view.put("started_at", session.startedAt().toString());
    put(view, "ended_at", ended == null ? null : ended.toString());
    Instant until = ended == null ? Instant.now() : ended;
    view.put("seconds", Duration.between(session.startedAt(), until).toMillis() / 1000.0);
    return view;
  }

  @SuppressWarnings("NullAway") // A LinkedHashMap accepts null, which becomes a JSON null.
  private static void put(Map<String, Object> view, String key, @Nullable Object value) {
    view.put(key, value);
  }

  /// Returns one line for a reader.
  static String line(Session session) {
    StringBuilder line = new StringBuilder(session.name());
    Integer exitCode = session.exitCode(); // Before the state, as above.
    line.append(": ").append(session.state().name().toLowerCase(Locale.ROOT));
    if (exitCode != null) {
      line.append(", exit code ").append(exitCode);
    }
    String reason = session.stopReason();
    if (reason != null) {
      line.append(", ").append(reason);
    }
    Long pid = session.body().pid();
    String container = session.body().containerId();
    line.append(
        pid != null
            ? ", process " + pid
            : container == null ? "" : ", container " + container.substring(0, 12));
    if (session.body().pod() != null) {
      line.append(", ").append(session.body().kind()).append(' ').append(session.body().pod());
    }
    if (session.body().detail() != null) {
      line.append(", ").append(session.body().detail());
    }
    session
        .body()
        .ports()
        .forEach((inner, outer) ->
            line.append(", port ").append(inner).append(" at localhost:").append(outer));
    return line.append(" (").append(cut(session.body().command())).append(')').toString();
  }

  private static String cut(String command) {
    return command.length() <= 500 ? command : command.substring(0, 499) + "…";
  }
}
