package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The tool `session_info`.
public final class SessionInfoTool implements Tool {
  private final Sessions sessions;
  private final MachineReports machine;

  /// Creates the tool for these sessions.
  public SessionInfoTool(Sessions sessions, MachineReports machine) {
    this.sessions = sessions;
    this.machine = machine;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder(
            "session_info",
            Schema.object().required("name", "string", "The session's name.").build())
        .title("Inspect a session")
        .description(
            "Describes one session: its state, and what belongs to it now. This includes every"
                + " process"
                + " that it started, also detached ones, with the memory that they use. Changes"
                + " nothing.")
        .outputSchema(
            SessionView.schema()
                .array(
                    "resources", "What belongs to it, as in sexton list.", Map.of("type", "object"))
                .build())
        .annotations(Hints.reading("Inspect a session"))
        .build();
  }

  @Override
  public Result call(Call call) throws RefusalException {
    Session session = sessions.get(ToolArguments.of(call).required("name"));
    List<Map<?, ?>> resources = new ArrayList<>();
    if (session.isActive()) {
      Map<String, Object> list = machine.list(call);
      for (Map<?, ?> instance : MachineReports.objects(list, "instances")) {
        if (session.instanceId().equals(instance.get("instance_id"))) {
          resources.addAll(MachineReports.objects(instance, "resources"));
        }
      }
    }
    Map<String, Object> view = SessionView.of(session);
    view.put("resources", resources);
    StringBuilder text = new StringBuilder(SessionView.line(session));
    for (Map<?, ?> resource : resources) {
      Reports.resource(text.append("\n  "), resource);
      if (!"running".equals(resource.get("state"))) {
        text.append(", ").append(resource.get("state"));
      }
      if (resource.get("rss_bytes") instanceof Number bytes) {
        text.append(", ").append(bytes.longValue() >> 20).append(" MB");
      }
    }
    return new Result(text.toString(), view);
  }
}
