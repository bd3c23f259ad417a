package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;

/// The tool `session_wait`.
public final class SessionWaitTool implements Tool {
  private static final long SECONDS = 60;

  private static final Duration LOOK = Duration.ofMillis(20);

  private final Sessions sessions;

  /// Creates the tool for these sessions.
  public SessionWaitTool(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder("session_wait", input().build())
        .title("Wait for a session's end")
        .description(
            "Waits until a session has ended by itself or was stopped, and returns its exit"
                + " code. If it still runs after the timeout, the result has `ended: false` and"
                + " nothing has changed: call it again. Sends progress and can be cancelled.")
        .outputSchema(
            SessionView.schema().required("ended", "boolean", "Whether it has ended.").build())
        .annotations(Hints.reading("Wait for a session's end"))
        .build();
  }

  private static Schema input() {
    return Schema.object()
        .required("name", "string", "The session's name.")
        .optional(
            "timeout_seconds", "integer", "Timeout. Default: 60.", "minimum", 0, "maximum", 86_400);
  }

  @Override
  public Result call(Call call) throws RefusalException {
    ToolArguments given = ToolArguments.of(call);
    Session session = sessions.get(given.required("name"));
    boolean ended =
        call.await(
            () -> {
              session.touch();
              return !session.isActive();
            },
            LOOK,
            Duration.ofSeconds(given.number("timeout_seconds", SECONDS)),
            () -> session.name() + " still runs");
    var view = SessionView.of(session);
    view.put("ended", ended);
    return new Result(SessionView.line(session), view);
  }
}
