package dev.sexton.mcp.tool;

import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.session.Launch;
import dev.sexton.mcp.session.ProcessLaunch;
import dev.sexton.mcp.session.Readiness;
import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code session_start}. */
public final class SessionStartTool implements Tool {
  private static final Map<String, Object> STRING = Map.of("type", "string");

  private static final long READY_SECONDS = 30;

  private final Sessions sessions;

  /** For these sessions. */
  public SessionStartTool(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder("session_start", input().build())
        .title("Start a session")
        .description(
            """
            Starts a program in the background and returns at once, or when it is ready: a web \
            server, a build that watches files, a database, a REPL. Give `command` for a process on \
            this machine, or `image` for a container. Everything that it starts belongs to the \
            session: session_stop ends all of it, and all of it is gone when this server or its \
            client ends, however that happens. Read what it says with session_output, write to it \
            with session_input, wait for its end with session_wait. There is no shell in between: \
            for pipes, globs or && use command "sh" with arguments ["-c", "…"].\
            """)
        .outputSchema(SessionView.schema().build())
        .annotations(Hints.adding("Start a session", true))
        .build();
  }

  private static Schema input() {
    return Schema.object()
        .required(
            "name",
            "string",
            "What to call the session: letters, digits, dots, dashes, underscores. It must be free.",
            "minLength",
            1,
            "maxLength",
            64)
        .optional("command", "string", "The program: a name on the PATH, or an absolute path.")
        .array("arguments", "Its arguments, one item each; no shell expands them.", STRING)
        .optional("directory", "string", "Where the process starts: an absolute path.")
        .optional(
            "environment",
            "object",
            "Variables to set beside those of this server.",
            "additionalProperties",
            STRING)
        .object(
            "ready",
            "When the session counts as ready: if several are given, all have to hold. Without it"
                + " the call returns as soon as the process runs.",
            Schema.object()
                .optional(
                    "port",
                    "integer",
                    "A TCP port that takes connections.",
                    "minimum",
                    1,
                    "maximum",
                    65535)
                .optional(
                    "http_path",
                    "string",
                    "A path that `port` answers over HTTP with a status below 400.",
                    "pattern",
                    "^/")
                .optional("line", "string", "Words in a line of its output.", "minLength", 1))
        .optional(
            "ready_timeout_seconds",
            "integer",
            "How long to wait until it is ready; then it is stopped. 30 unless given.",
            "minimum",
            1,
            "maximum",
            3600);
  }

  @Override
  public Result call(Call call) throws RefusalException {
    Given given = Given.of(call);
    String name = given.required("name");
    Launch launch = process(given);
    Session session = sessions.start(name, launch, readiness(given), call);
    return new Result(SessionView.line(session), SessionView.of(session));
  }

  private Launch process(Given given) throws RefusalException {
    List<String> command = new ArrayList<>();
    command.add(given.required("command"));
    command.addAll(given.texts("arguments"));
    return ProcessLaunch.of(
        sessions.limits(), command, given.text("directory"), given.map("environment"));
  }

  private static Readiness readiness(Given given) throws RefusalException {
    Given ready = given.object("ready");
    if (ready == null) {
      return Readiness.NONE;
    }
    Long port = ready.number("port");
    String path = ready.text("http_path");
    if (path != null && port == null) {
      throw new RefusalException("ready has an http_path and no port", "give the port, too");
    }
    return new Readiness(
        port == null ? null : port.intValue(),
        path,
        ready.text("line"),
        Duration.ofSeconds(given.number("ready_timeout_seconds", READY_SECONDS)));
  }
}
