package dev.sexton.mcp.tool;

import dev.sexton.cli.option.Durations;
import dev.sexton.cli.output.CommandException;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The tool `history`.
public final class HistoryTool implements Tool {
  /// The latest stops only. A month of a busy machine is more than anybody reads.
  private static final int MOST = 500;

  private final MachineReports machine;

  /// Creates the tool for these reports.
  public HistoryTool(MachineReports machine) {
    this.machine = machine;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder("history", input().build())
        .title("Show what was stopped")
        .description(
            "Shows what sweeps have stopped on this machine: when, by which process, why, and with"
                + " what outcome; the latest last, at most 500. Changes nothing.")
        .outputSchema(
            Schema.object()
                .array("stops", "The entries of sexton history --json.", Map.of("type", "object"))
                .required("left_out", "integer", "Number of earlier entries that are not shown.")
                .build())
        .annotations(Hints.reading("Show what was stopped"))
        .build();
  }

  private static Schema input() {
    return Schema.object()
        .optional(
            "since",
            "string",
            "How far to look back, such as 30m, 24h or 7d. Default: 24h.",
            "pattern",
            "^[0-9]{1,6}(ms|s|m|h|d)$")
        .optional(
            "instance", "string", "Show this instance only: its UUID, or its first characters.");
  }

  @Override
  public Result call(Call call) throws RefusalException {
    ToolArguments given = ToolArguments.of(call);
    List<Map<String, Object>> all =
        machine.history(since(given.text("since", "24h")), given.text("instance", ""));
    List<Map<String, Object>> stops = all.subList(Math.max(0, all.size() - MOST), all.size());
    return new Result(
        Reports.history(stops), Map.of("stops", stops, "left_out", all.size() - stops.size()));
  }

  private static Duration since(String text) throws RefusalException {
    try {
      return Durations.parse("since", text);
    } catch (CommandException invalid) {
      throw new RefusalException(invalid.problem(), invalid.remedy());
    }
  }
}
