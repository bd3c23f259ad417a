package dev.sexton.mcp.tool;

import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Map;

/// The tool `session_list`.
public final class SessionListTool implements Tool {
  private final Sessions sessions;

  /// Creates the tool for these sessions.
  public SessionListTool(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder("session_list", Schema.object().build())
        .title("List sessions")
        .description(
            "Lists the sessions of this server: running ones, and the last ones that have ended,"
                + " with state, PID or container, ports and exit code. Changes nothing.")
        .outputSchema(
            Schema.object()
                .array(
                    "sessions",
                    "The sessions, in the order of their start.",
                    SessionView.schema().build())
                .build())
        .annotations(Hints.reading("List sessions"))
        .build();
  }

  @Override
  public Result call(Call call) {
    List<Session> all = sessions.list();
    String text =
        all.isEmpty()
            ? "No sessions; session_start starts one."
            : String.join("\n", all.stream().map(SessionView::line).toList());
    return new Result(text, Map.of("sessions", all.stream().map(SessionView::of).toList()));
  }
}
