package dev.sexton.mcp.tool;

import dev.sexton.docker.ContainerSpec;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.deephaven.Authentication;
import dev.sexton.mcp.deephaven.DockerServer;
import dev.sexton.mcp.deephaven.JvmOptions;
import dev.sexton.mcp.deephaven.PythonServer;
import dev.sexton.mcp.deephaven.ServerReady;
import dev.sexton.mcp.deephaven.ServerRequest;
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
            Starts a Deephaven Community server on this machine and waits until it answers. Returns its \
            address and key for a client such as pydeephaven. \
            The method python runs the deephaven-server package of a virtual environment, docker a \
            container. The key is in the structured result only: this server never prints or logs \
            it. The session is stopped when this server or its client ends. Stop it earlier \
            with deephaven_session_delete, because it uses memory. session_output shows its output.\
            """)
        .outputSchema(output().build())
        .annotations(Hints.adding("Create a Deephaven session", true))
        .build();
  }

  private static Schema input() {
    Schema schema =
        SessionView.newName()
            .optional(
                "method",
                "string",
                "python: a process (default); docker: a container.",
                "enum",
                List.of("python", "docker"));
    addServer(schema);
    addContainer(schema);
    addAuthentication(schema);
    return schema.optional(
        "ready_timeout_seconds",
        "integer",
        "Timeout for its first answer; then it is stopped. Default: 60.",
        Schema.range(1, 3600));
  }

  private static void addServer(Schema schema) {
    schema
        .optional(
            "heap_gb",
            "number",
            "Maximum heap of the JVM in gigabytes, such as 2.5. Default: 4.",
            Schema.range(0.25, 4096))
        .array(
            "jvm_arguments",
            "More JVM options, one per item. All users of the machine can see them.",
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
            "python only: the absolute path of a virtual environment that contains"
                + " deephaven-server."
                + " Default: the active one, or the deephaven command on the PATH.");
  }

  private static void addContainer(Schema schema) {
    schema
        .optional(
            "image",
            "string",
            "docker only, required: an image of Deephaven's server, for Python or Groovy.")
        .optional(
            "memory_gb",
            "number",
            "docker only: the container's memory limit; must be larger than the heap.",
            "exclusiveMinimum",
            0)
        .optional(
            "cpus", "number", "docker only: its CPU limit, such as 1.5.", "exclusiveMinimum", 0)
        .array(
            "volumes",
            "docker only: SOURCE:TARGET, or SOURCE:TARGET:ro for read-only; both absolute paths."
                + " The operator must allow the source.",
            STRING);
  }

  private static void addAuthentication(Schema schema) {
    schema
        .optional(
            "authentication",
            "string",
            "psk: clients must know a key (default); anonymous: every user of this machine can"
                + " run code in it.",
            "enum",
            List.of("psk", "anonymous"))
        .optional(
            "psk",
            "string",
            "The key: 8 to 128 letters, digits and . _ ~ -. Default: a random key.");
  }

  private static Schema output() {
    return Schema.object()
        .required("name", "string", "The session's name.")
        .required("method", "string", "python or docker")
        .required("url", "string", "Its address, without the key.")
        .required("host", "string", "The host to connect to.")
        .required("port", "integer", "The port to connect to, on this machine.")
        .required("authentication", "string", "psk or anonymous")
        .required("auth_type", "string", "The auth_type for a client such as pydeephaven.")
        .nullable("psk", "string", "The key, for auth_token; null if authentication is anonymous.")
        .nullable("pid", "integer", "The PID; null for a container.")
        .nullable("container_id", "string", "The container's ID; null for a process.")
        .required("instance_id", "string", "Its UUID in sexton list.")
        .required("connect", "string", "Python code that connects; psk is the key.");
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
    ServerRequest request = new ServerRequest(options, authentication, given.map("environment"));
    return switch (method) {
      case "python" -> python(given, request, call);
      case "docker" -> docker(given, request, call);
      default -> throw new RefusalException("method is unknown", "give python or docker");
    };
  }

  private static void refuse(ToolArguments given, List<String> keys, String method)
      throws RefusalException {
    for (String key : keys) {
      if (given.has(key)) {
        throw new RefusalException(key + " is not for method " + method, "omit it");
      }
    }
  }

  private static double decimal(ToolArguments given, String key) throws RefusalException {
    Double value = given.decimal(key);
    return value == null ? Double.NaN : value;
  }

  private Result python(ToolArguments given, ServerRequest request, Call call)
      throws RefusalException {
    PythonServer server =
        PythonServer.of(sessions.allowed(), given.text("python_venv"), request, environment);
    PythonServer.Started started =
        server.start(sessions, given.required("name"), readyLimit(given), call);
    return result(started.session(), "python", started.port(), request.authentication());
  }

  private Result docker(ToolArguments given, ServerRequest request, Call call)
      throws RefusalException {
    Authentication authentication = request.authentication();
    ContainerSpec.Builder spec =
        DockerServer.spec(
            sessions.allowed(),
            given.required("image"),
            request,
            given.texts("volumes"),
            new DockerServer.Limits(given.decimal("memory_gb"), given.decimal("cpus")));
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
            + ": Deephaven listens at "
            + url
            + "; from Python: "
            + connect
            + (key == null ? "" : ", with psk from the structured result");
    return new Result(text, view);
  }

  @SuppressWarnings("NullAway") // A LinkedHashMap accepts null, which becomes a JSON null.
  private static void put(Map<String, Object> view, String key, @Nullable Object value) {
    view.put(key, value);
  }
}
