package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.session.OutputRing;
import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tool `session_output`.
public final class SessionOutputTool implements Tool {
  /// As much as a model can read at once. The next call returns the rest.
  private static final int MAX_BYTES = 32 << 10;

  private static final long LINES = 100;

  private final Sessions sessions;

  /// Creates the tool for these sessions.
  public SessionOutputTool(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder("session_output", input().build())
        .title("Read a session's output")
        .description(
            "Reads what a session has written to stdout and stderr: the last lines or, with the"
                + " `next` of an earlier result as `stdout_from` or `stderr_from`, everything"
                + " written"
                + " since then. Returns at most 32 kB of each; continue from `next` until it"
                + " stays the"
                + " same. Also works after the session's end. Does not wait for new output.")
        .outputSchema(
            Schema.object()
                .required("name", "string", "The session's name.")
                .required("state", "string", "starting, running, exited or stopped")
                .requiredObject("stdout", "Its output on stdout.", piece())
                .requiredObject("stderr", "Its output on stderr.", piece())
                .build())
        .annotations(Hints.reading("Read a session's output"))
        .build();
  }

  private static Schema input() {
    return Schema.object()
        .required("name", "string", "The session's name.")
        .optional(
            "lines",
            "integer",
            "Number of last lines, if no position is given. Default: 100.",
            "minimum",
            1,
            "maximum",
            10_000)
        .optional(
            "stdout_from",
            "integer",
            "The position in stdout, in bytes, to read from.",
            "minimum",
            0)
        .optional(
            "stderr_from",
            "integer",
            "The position in stderr, in bytes, to read from.",
            "minimum",
            0);
  }

  private static Schema piece() {
    return Schema.object()
        .required("text", "string", "The output; invalid UTF-8 is replaced.")
        .required("from", "integer", "The position of its first byte.")
        .required("next", "integer", "The position to continue from.")
        .required(
            "skipped", "integer", "Number of requested bytes before it that are no longer kept.");
  }

  @Override
  public Result call(Call call) throws RefusalException {
    ToolArguments given = ToolArguments.of(call);
    Session session = sessions.get(given.required("name"));
    int lines = (int) given.number("lines", LINES);
    try {
      OutputRing.Piece stdout = read(session.stdout(), given.number("stdout_from"), lines);
      OutputRing.Piece stderr = read(session.stderr(), given.number("stderr_from"), lines);
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("name", session.name());
      answer.put("state", session.state().name().toLowerCase(Locale.ROOT));
      answer.put("stdout", view(stdout));
      answer.put("stderr", view(stderr));
      return new Result(text(stdout, stderr), answer);
    } catch (IOException forgotten) {
      throw new RefusalException(
          "the output of " + session.name() + " cannot be read (" + forgotten.getMessage() + ")",
          "another session may have its name now: call session_list");
    }
  }

  private static OutputRing.Piece read(OutputRing ring, @Nullable Long from, int lines)
      throws IOException {
    return from == null ? ring.lastLines(lines, MAX_BYTES) : ring.from(from, MAX_BYTES);
  }

  private static Map<String, Object> view(OutputRing.Piece piece) {
    return Map.of(
        "text",
        piece.text(),
        "from",
        piece.from(),
        "next",
        piece.next(),
        "skipped",
        piece.skipped());
  }

  private static String text(OutputRing.Piece stdout, OutputRing.Piece stderr) {
    if (stdout.text().isEmpty() && stderr.text().isEmpty()) {
      return "(no output)";
    }
    return stderr.text().isEmpty()
        ? stdout.text()
        : stdout.text() + "\n--- stderr ---\n" + stderr.text();
  }
}
