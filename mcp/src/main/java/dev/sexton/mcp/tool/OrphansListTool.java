package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Map;

/// The tool `orphans_list`.
public final class OrphansListTool implements Tool {
  private final MachineReports machine;

  /// Creates the tool for these reports.
  public OrphansListTool(MachineReports machine) {
    this.machine = machine;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder("orphans_list", Schema.object().build())
        .title("List what dead servers left")
        .description(
            "Checks every server on this machine that registers with Sexton, and lists the dead"
                + " ones with the processes and containers that they left and the memory that these"
                + " use; servers whose state is unknown, with the reason; and containers and"
                + " processes without a known server. Changes nothing. orphans_sweep stops what"
                + " is listed as"
                + " DEAD.")
        .outputSchema(Reports.listSchema())
        .annotations(Hints.reading("List what dead servers left"))
        .build();
  }

  @Override
  public Result call(Call call) throws RefusalException {
    Map<String, Object> list = machine.list(call);
    List<Map<?, ?>> orphans =
        MachineReports.objects(list, "instances").stream()
            .filter(instance -> !"ALIVE".equals(instance.get("liveness")))
            .toList();
    int alive = MachineReports.objects(list, "instances").size() - orphans.size();
    list.put("instances", orphans);
    return new Result(Reports.list(list, alive), list);
  }
}
