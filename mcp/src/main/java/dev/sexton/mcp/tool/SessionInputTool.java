package dev.sexton.mcp.tool;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.mcp.NativeText;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// The tool `session_input`.
public final class SessionInputTool implements Tool {
  /// A process that reads its input takes it at once.
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Sessions sessions;

  /// Creates the tool for these sessions.
  public SessionInputTool(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder("session_input", input().build())
        .title("Write to a session")
        .description(
            "Writes to the standard input of a session's process, like typed input: end a line"
                + " with \\n. `end` closes the input afterwards, which many programs treat as the"
                + " end of their work. There is no terminal: a program that requires one cannot be"
                + " used. Containers have no input.")
        .outputSchema(
            Schema.object()
                .required("name", "string", "The session's name.")
                .required("bytes", "integer", "Number of bytes written.")
                .build())
        .annotations(Hints.anything("Write to a session"))
        .build();
  }

  private static Schema input() {
    return Schema.object()
        .required("name", "string", "The session's name.")
        .required("text", "string", "The text to write; may be empty to only close the input.")
        .optional("end", "boolean", "Whether to close the input afterwards. Default: false.");
  }

  @Override
  public Result call(Call call) throws RefusalException {
    ToolArguments given = ToolArguments.of(call);
    Session session = sessions.get(given.required("name"));
    String text = given.required("text");
    NativeText.requireUnicode("the text", text);
    byte[] bytes = text.getBytes(UTF_8);
    boolean end = given.flag("end", false);
    CompletableFuture<Void> written =
        CompletableFuture.runAsync(
            () -> {
              try {
                session.write(bytes, end);
              } catch (IOException failed) {
                throw new CompletionException(failed);
              }
            },
            task -> Thread.ofPlatform().daemon().name("session-input").start(task));
    if (!call.await(written::isDone, LIMIT, () -> "the process does not read its input")) {
      throw new RefusalException(
          "the process of " + session.name() + " does not read its input",
          "part of the input may arrive later; check session_output, or stop it with session_stop");
    }
    if (written.isCompletedExceptionally()) {
      throw new RefusalException(
          "the input of "
              + session.name()
              + " is closed ("
              + written.exceptionNow().getMessage()
              + ")",
          "call session_info to see whether it still runs");
    }
    String said = bytes.length + " bytes written" + (end ? ", and the input closed" : "");
    return new Result(said, Map.of("name", session.name(), "bytes", bytes.length));
  }
}
