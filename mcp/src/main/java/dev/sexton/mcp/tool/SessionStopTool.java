package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;

/// The tool `session_stop`.
public final class SessionStopTool implements Tool {
  /// The time after the grace period. To force and verify takes milliseconds, and seconds with an
  /// engine.
  private static final Duration AFTER_GRACE = Duration.ofSeconds(60);

  private final Sessions sessions;

  /// Creates the tool for these sessions.
  public SessionStopTool(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder("session_stop", input().build())
        .title("Stop a session")
        .description(
            "Stops a session and everything that it started, including detached processes and"
                + " containers: sends SIGTERM, after the grace period SIGKILL, and verifies"
                + " that nothing is left. Its output can be read afterwards. Stopping a session"
                + " that has"
                + " ended is not an error.")
        .outputSchema(
            SessionView.schema()
                .required("clean", "boolean", "Whether nothing is left.")
                .required("millis", "integer", "Time that stopping took.")
                .build())
        .annotations(Hints.ending("Stop a session"))
        .build();
  }

  private static Schema input() {
    return Schema.object()
        .required("name", "string", "The session's name.")
        .optional(
            "grace_seconds",
            "number",
            "Time between SIGTERM and SIGKILL. Default: the operator's limit.",
            "minimum",
            0,
            "maximum",
            300);
  }

  @Override
  public Result call(Call call) throws RefusalException {
    ToolArguments given = ToolArguments.of(call);
    Session session = sessions.get(given.required("name"));
    Double seconds = given.decimal("grace_seconds");
    Duration grace =
        seconds == null ? sessions.limits().grace() : Duration.ofMillis((long) (seconds * 1000));
    Session.StopResult result = stop(session, "stopped by session_stop", grace, call);
    var view = SessionView.of(session);
    view.put("clean", result.clean());
    view.put("millis", result.millis());
    String text =
        SessionView.line(session)
            + (result.clean() ? "; nothing is left" : "; something is left: call orphans_list");
    return new Result(text, view);
  }

  /// Stops a session and waits for its end.
  static Session.StopResult stop(Session session, String reason, Duration grace, Call call)
      throws RefusalException {
    Thread.ofVirtual().name("session-stop").start(() -> session.stop(reason, grace));
    // A stop that has begun continues even if the client does not wait for it.
    if (!call.await(
        session.over()::isDone,
        grace.plus(AFTER_GRACE),
        () -> "waiting for " + session.name() + " to end")) {
      throw new RefusalException(
          "the session " + session.name() + " has not ended yet",
          "check it again with session_info");
    }
    return session.over().join();
  }
}
