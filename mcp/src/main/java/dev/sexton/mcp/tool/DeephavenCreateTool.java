package dev.sexton.mcp.tool;

import dev.sexton.docker.ContainerSpec;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.deephaven.Authentication;
import dev.sexton.mcp.deephaven.DockerServer;
import dev.sexton.mcp.deephaven.JvmOptions;
import dev.sexton.mcp.deephaven.PythonServer;
import dev.sexton.mcp.deephaven.ServerReady;
import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tool `deephaven_session_create`.
public final class DeephavenCreateTool implements Tool {
  private static final Map<String, Object> STRING = Map.of("type", "string");

  private static final List<String> OF_DOCKER = List.of("image", "memory_gb", "cpus", "volumes");
  private static final List<String> OF_PYTHON = List.of("python_venv");

  private static final double HEAP_GB = 4;
  private static final long READY_SECONDS = 60;

  private final Sessions sessions;
  private final Map<String, String> environment;

  /// Creates the tool for these sessions.
  ///
  /// @param environment the environment of this server
  public DeephavenCreateTool(Sessions sessions, Map<String, String> environment) {
    this.sessions = sessions;
    this.environment = Map.copyOf(environment);
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder("deephaven_session_create", input().build())
        .title("Create a Deephaven session")
        .description(
            """
            Starts a Deephaven Community server on this machine and returns when it answers: where \
            it listens and the key it asks for, ready to be used by a client such as pydeephaven. \
            Method python runs the deephaven-server package of a virtual environment, docker a \
            container. The key is in the structured answer, and in nothing else that this server \
            says or keeps. The session is gone when this server or its client ends; end it earlier \
            with deephaven_session_delete, for it takes memory. session_output shows what it says.\
            """)
        .outputSchema(output().build())
        .annotations(Hints.adding("Create a Deephaven session", true))
        .build();
  }

  private static Schema input() {
    return SessionView.newName()
        .optional(
            "method",
            "string",
            "python (unless given): a process; docker: a container.",
            "enum",
            List.of("python", "docker"))
        .optional(
            "heap_gb",
            "number",
            "The JVM's heap at most, in gigabytes, such as 2.5. 4 unless given.",
            "minimum",
            0.25,
            "maximum",
            4096)
        .array(
            "jvm_arguments",
            "More options of the JVM, one item each. Everybody on the machine can see them.",
            STRING)
        .optional(
            "environment",
            "object",
            "Variables to set for the server.",
            "additionalProperties",
            STRING)
        .optional(
            "python_venv",
            "string",
            "Only for python: the absolute path of a virtual environment that has deephaven-server."
                + " Unless given: the active one, or the deephaven command on the PATH.")
        .optional(
            "image",
            "string",
            "Only for docker, and needed there: an image of Deephaven's server, for Python or Groovy.")
        .optional(
            "memory_gb",
            "number",
            "Only for docker: the container's memory limit; more than the heap.",
            "exclusiveMinimum",
            0)
        .optional(
            "cpus", "number", "Only for docker: its CPU limit, such as 1.5.", "exclusiveMinimum", 0)
        .array(
            "volumes",
            "Only for docker: SOURCE:TARGET, or SOURCE:TARGET:ro to read only; both absolute paths."
                + " The operator has to allow the source.",
            STRING)
        .optional(
            "authentication",
            "string",
            "psk (unless given): clients have to know a key; anonymous: anybody on this machine may"
                + " run code in it.",
            "enum",
            List.of("psk", "anonymous"))
        .optional(
            "psk",
            "string",
            "The key: 8 to 128 letters, digits and . _ ~ -. A random one unless given.")
        .optional(
            "ready_timeout_seconds",
            "integer",
            "How long to wait until it answers; then it is stopped. 60 unless given.",
            "minimum",
            1,
            "maximum",
            3600);
  }

  private static Schema output() {
    return Schema.object()
        .required("name", "string", "The session's name.")
        .required("method", "string", "python or docker")
        .required("url", "string", "Where it answers, without the key.")
        .required("host", "string", "The host to connect to.")
        .required("port", "integer", "The port to connect to, on this machine.")
        .required("authentication", "string", "psk or anonymous")
        .required("auth_type", "string", "What a client such as pydeephaven gives as auth_type.")
        .nullable("psk", "string", "The key, given as auth_token; null if it is anonymous.")
        .nullable("pid", "integer", "The process ID; null for a container.")
        .nullable("container_id", "string", "The container's ID; null for a process.")
        .required("instance_id", "string", "The UUID by which sexton list shows it.")
        .required("connect", "string", "How to connect from Python; psk is to be put in.");
  }

  @Override
  public Result call(Call call) throws RefusalException {
    ToolArguments given = ToolArguments.of(call);
    String method = given.text("method", "python");
    refuse(given, method.equals("docker") ? OF_PYTHON : OF_DOCKER, method);
    JvmOptions options =
        JvmOptions.of(
            given.has("heap_gb") ? decimal(given, "heap_gb") : HEAP_GB,
            given.texts("jvm_arguments"));
    Authentication authentication =
        Authentication.of(given.text("authentication", "psk"), given.text("psk"));
    return switch (method) {
      case "python" -> python(given, options, authentication, call);
      case "docker" -> docker(given, options, authentication, call);
      default -> throw new RefusalException("method is unknown", "give python or docker");
    };
  }

  private static void refuse(ToolArguments given, List<String> keys, String method)
      throws RefusalException {
    for (String key : keys) {
      if (given.has(key)) {
        throw new RefusalException(key + " is not for method " + method, "leave it out");
      }
    }
  }

  private static double decimal(ToolArguments given, String key) throws RefusalException {
    Double value = given.decimal(key);
    return value == null ? Double.NaN : value;
  }

  private Result python(
      ToolArguments given, JvmOptions options, Authentication authentication, Call call)
      throws RefusalException {
    PythonServer server =
        PythonServer.of(
            sessions.limits(),
            given.text("python_venv"),
            options,
            authentication,
            given.map("environment"),
            environment);
    PythonServer.Started started =
        server.start(sessions, given.required("name"), readyLimit(given), call);
    return result(started.session(), "python", started.port(), authentication);
  }

  private Result docker(
      ToolArguments given, JvmOptions options, Authentication authentication, Call call)
      throws RefusalException {
    ContainerSpec.Builder spec =
        DockerServer.spec(
            sessions.limits(),
            given.required("image"),
            options,
            authentication,
            given.map("environment"),
            given.texts("volumes"),
            given.decimal("memory_gb"),
            given.decimal("cpus"));
    Session session =
        sessions.start(
            given.required("name"),
            DockerServer.launch(spec, authentication, environment),
            new ServerReady(DockerServer.PORT, readyLimit(given)),
            call);
    int port = session.body().ports().getOrDefault(DockerServer.PORT, DockerServer.PORT);
    return result(session, "docker", port, authentication);
  }

  private static Duration readyLimit(ToolArguments given) throws RefusalException {
    return Duration.ofSeconds(given.number("ready_timeout_seconds", READY_SECONDS));
  }

  private static Result result(
      Session session, String method, int port, Authentication authentication) {
    String key = authentication.key();
    String url = "http://localhost:" + port;
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", session.name());
    view.put("method", method);
    view.put("url", url);
    view.put("host", "localhost");
    view.put("port", port);
    view.put("authentication", authentication.kind());
    view.put("auth_type", authentication.clientType());
    put(view, "psk", key);
    put(view, "pid", session.body().pid());
    put(view, "container_id", session.body().containerId());
    view.put("instance_id", session.instanceId());
    String connect =
        "pydeephaven.Session(host=\"localhost\", port="
            + port
            + ", auth_type=\""
            + authentication.clientType()
            + (key == null ? "\")" : "\", auth_token=psk)");
    view.put("connect", connect);
    String text =
        session.name()
            + ": Deephaven answers at "
            + url
            + "; from Python: "
            + connect
            + (key == null ? "" : ", with psk of the structured answer");
    return new Result(text, view);
  }

  @SuppressWarnings("NullAway") // A LinkedHashMap accepts null, which becomes a JSON null.
  private static void put(Map<String, Object> view, String key, @Nullable Object value) {
    view.put(key, value);
  }
}
