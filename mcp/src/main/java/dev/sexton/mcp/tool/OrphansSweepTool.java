package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.Map;

/// The tool `orphans_sweep`.
public final class OrphansSweepTool implements Tool {
  private final MachineReports machine;

  /// Creates the tool for these reports.
  public OrphansSweepTool(MachineReports machine) {
    this.machine = machine;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder("orphans_sweep", input().build())
        .title("Stop what dead servers left")
        .description(
            "Stops and removes what dead servers left: processes, containers, networks, volumes."
                + " By default, only shows what would be stopped. With `dry_run` false, asks the"
                + " user of"
                + " the client first, if the client supports that. Never stops anything of a live"
                + " server, or of one whose state is unknown.")
        .outputSchema(Reports.sweepSchema())
        .annotations(Hints.ending("Stop what dead servers left"))
        .build();
  }

  private static Schema input() {
    return Schema.object()
        .optional(
            "dry_run", "boolean", "Whether to only show what would be stopped. Default: true.")
        .optional(
            "instance",
            "string",
            "Sweep this instance only: its UUID, or at least its first 8 characters.",
            "pattern",
            "^[0-9a-fA-F-]{8,36}$");
  }

  @Override
  public Result call(Call call) throws RefusalException {
    ToolArguments given = ToolArguments.of(call);
    String instance = given.text("instance");
    boolean dry = given.flag("dry_run", true);
    if (dry || call.canAsk()) {
      Map<String, Object> plan = machine.sweep(call, instance, true);
      if (dry || Reports.resources(plan) == 0) {
        return new Result(Reports.sweep(plan), plan);
      }
      if (!call.ask("Stop what dead servers left?\n" + Reports.sweep(plan))) {
        throw new RefusalException("the user of the client did not agree", "nothing was stopped");
      }
    }
    Map<String, Object> report = machine.sweep(call, instance, false);
    return new Result(Reports.sweep(report), report);
  }
}
