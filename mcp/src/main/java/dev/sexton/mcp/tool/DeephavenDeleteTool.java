package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.deephaven.DeephavenRuntime;
import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.Map;

/// The tool `deephaven_session_delete`.
public final class DeephavenDeleteTool implements Tool {
  private final Sessions sessions;

  /// Creates the tool for these sessions.
  public DeephavenDeleteTool(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder(
            "deephaven_session_delete",
            Schema.object().required("name", "string", "The session's name.").build())
        .title("Delete a Deephaven session")
        .description(
            "Stops a session of deephaven_session_create with everything that it started, verifies"
                + " that nothing is left, and deletes it: its tables, its output and its name."
                + " For other sessions, use session_stop.")
        .outputSchema(
            Schema.object()
                .required("name", "string", "The session's name.")
                .required("clean", "boolean", "Whether nothing is left.")
                .required("millis", "integer", "Time that stopping took.")
                .build())
        .annotations(Hints.ending("Delete a Deephaven session"))
        .build();
  }

  @Override
  public Result call(Call call) throws RefusalException {
    Session session = sessions.get(ToolArguments.of(call).required("name"));
    if (!(session.body() instanceof DeephavenRuntime)) {
      throw new RefusalException(
          "session " + session.name() + " was not created by deephaven_session_create",
          "stop it with session_stop");
    }
    Session.StopResult stopped =
        SessionStopTool.stop(session, "deephaven_session_delete", sessions.limits().grace(), call);
    if (stopped.clean()) {
      sessions.forget(session);
    }
    return new Result(
        stopped.clean()
            ? session.name() + ": deleted; nothing is left"
            : session.name() + ": something is left: call orphans_list",
        Map.of("name", session.name(), "clean", stopped.clean(), "millis", stopped.millis()));
  }
}
