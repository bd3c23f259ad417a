package dev.sexton.mcp.tool;

import dev.sexton.docker.ContainerSpec;
import dev.sexton.docker.ContainerSpec.Mount;
import dev.sexton.docker.ContainerSpec.PortMapping;
import dev.sexton.mcp.NativeText;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.session.ContainerLauncher;
import dev.sexton.mcp.session.ProcessLauncher;
import dev.sexton.mcp.session.Readiness;
import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.SessionLauncher;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.transport.Call;
import io.modelcontextprotocol.spec.McpSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The tool `session_start`.
public final class SessionStartTool implements Tool {
  private static final Map<String, Object> STRING = Map.of("type", "string");

  private static final long READY_SECONDS = 30;
  private static final int MAX_PORT = 65_535;

  private final Sessions sessions;

  /// Creates the tool for these sessions.
  public SessionStartTool(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public McpSchema.Tool definition() {
    return McpSchema.Tool.builder("session_start", input().build())
        .title("Start a session")
        .description(
            """
            Starts a program in the background and returns at once or when it is ready: a web \
            server, a build that watches files, a database, a REPL. Give `command` for a process on \
            this machine, `image` for a container, or `pod` for a pod in a cluster. Everything that the program starts belongs to the \
            session. All of it is stopped by session_stop, and when this server or its \
            client ends, however that happens. Read its output with session_output, write to it \
            with session_input, wait for its end with session_wait. It is started without a shell: \
            for pipes, globs or && use command "sh" with arguments ["-c", "…"].\
            """)
        .outputSchema(SessionView.schema().build())
        .annotations(Hints.adding("Start a session", true))
        .build();
  }

  private static Schema input() {
    Schema schema = SessionView.newName();
    addProgram(schema);
    addContainer(schema);
    PodArguments.addTo(schema);
    return schema
        .object(
            "ready",
            "When the session counts as ready; if several conditions are given, all must hold."
                + " Without it, the call returns as soon as the process runs.",
            ready())
        .optional(
            "ready_timeout_seconds",
            "integer",
            "Timeout until it is ready; then it is stopped. Default: 30.",
            Schema.range(1, 3600));
  }

  private static void addProgram(Schema schema) {
    schema
        .optional("command", "string", "The program: a name on the PATH, or an absolute path.")
        .array("arguments", "Its arguments, one per item; no shell expands them.", STRING)
        .optional(
            "directory",
            "string",
            "Its working directory: an absolute path, inside the container for an image.")
        .optional(
            "environment",
            "object",
            "Variables to set in addition to those of this server.",
            "additionalProperties",
            STRING);
  }

  private static void addContainer(Schema schema) {
    schema
        .optional(
            "image", "string", "Starts a container of this image; `command` is then optional.")
        .array("ports", "Ports of the container to publish on this machine, at localhost.", port())
        .array(
            "mounts",
            "Files and directories of this machine to mount in the container, as far as the"
                + " operator allows.",
            mount())
        .optional("memory_mb", "integer", "The container's memory limit.", "minimum", 6)
        .optional("cpus", "number", "Maximum number of CPUs.", "minimum", 0.01)
        .optional("pids", "integer", "Maximum number of processes.", "minimum", 1)
        .optional("pull", "boolean", "Whether to pull the image if it is missing. Default: true.");
  }

  private static Map<String, Object> port() {
    return Schema.object()
        .required("container", "integer", "The port in the container.", Schema.range(1, MAX_PORT))
        .optional(
            "host",
            "integer",
            "The port on this machine. Default: a free port.",
            Schema.range(0, MAX_PORT))
        .build();
  }

  private static Map<String, Object> mount() {
    return Schema.object()
        .required("source", "string", "An absolute path on this machine.")
        .required("target", "string", "An absolute path in the container.")
        .optional("read_only", "boolean", "Default: true.")
        .build();
  }

  private static Schema ready() {
    return Schema.object()
        .optional(
            "port", "integer", "A TCP port that accepts connections.", Schema.range(1, MAX_PORT))
        .optional(
            "http_path",
            "string",
            "A path for which `port` returns an HTTP status below 400.",
            "pattern",
            "^/")
        .optional("line", "string", "Text in a line of its output.", "minLength", 1);
  }

  @Override
  public Result call(Call call) throws RefusalException {
    ToolArguments given = ToolArguments.of(call);
    String name = given.required("name");
    SessionLauncher launch = launcher(given);
    Session session = sessions.start(name, launch, readiness(given), call);
    return new Result(SessionView.line(session), SessionView.of(session));
  }

  private SessionLauncher launcher(ToolArguments given) throws RefusalException {
    if (given.has("pod")) {
      return PodArguments.launcher(given, sessions);
    }
    if (given.has("namespace")) {
      throw new RefusalException("namespace is for pods", "give a pod as well, or omit it");
    }
    return given.has("image") ? container(given) : process(given);
  }

  private SessionLauncher process(ToolArguments given) throws RefusalException {
    for (String key : List.of("ports", "mounts", "memory_mb", "cpus", "pids", "pull")) {
      if (given.has(key)) {
        throw new RefusalException(key + " is for containers", "give an image as well, or omit it");
      }
    }
    List<String> command = command(given);
    if (command.isEmpty()) {
      throw new RefusalException("nothing to start", "give a command, an image or a pod");
    }
    return ProcessLauncher.of(
        sessions.allowed(), command, given.text("directory"), given.map("environment"));
  }

  private static List<String> command(ToolArguments given) throws RefusalException {
    List<String> command = new ArrayList<>(given.texts("arguments"));
    String program = given.text("command");
    if (program != null) {
      command.addFirst(program);
    }
    return command;
  }

  private SessionLauncher container(ToolArguments given) throws RefusalException {
    String image = given.required("image");
    sessions.allowed().requireImage(image);
    Map<String, String> variables = given.map("environment");
    ProcessLauncher.requireEnvironment(variables);
    List<String> command = command(given);
    for (String word : command) {
      NativeText.require("the command", word);
    }
    Long memory = given.number("memory_mb");
    Long pids = given.number("pids");
    try {
      ContainerSpec.Builder spec =
          ContainerSpec.builder(image)
              .command(command)
              .environment(variables)
              .workingDirectory(given.text("directory", ""))
              .ports(ports(given))
              .mounts(mounts(given))
              .memoryBytes(memory == null ? null : Math.multiplyExact(memory, 1L << 20))
              .cpus(given.decimal("cpus"))
              .pidsLimit(pids == null ? null : Math.toIntExact(pids))
              .pull(given.flag("pull", true));
      spec.build(); // Reports what is invalid before anything is started.
      String words = command.isEmpty() ? image : image + ' ' + String.join(" ", command);
      return new ContainerLauncher(spec, words, System.getenv());
    } catch (IllegalArgumentException | ArithmeticException invalid) {
      throw new RefusalException(
          "no container can be created from these arguments", String.valueOf(invalid.getMessage()));
    }
  }

  private static List<PortMapping> ports(ToolArguments given) throws RefusalException {
    List<PortMapping> ports = new ArrayList<>();
    for (ToolArguments port : given.objects("ports")) {
      ports.add(new PortMapping((int) port.number("container", 0), (int) port.number("host", 0)));
    }
    return ports;
  }

  private List<Mount> mounts(ToolArguments given) throws RefusalException {
    List<Mount> mounts = new ArrayList<>();
    for (ToolArguments mount : given.objects("mounts")) {
      mounts.add(
          new Mount(
              sessions.allowed().requireMount(mount.required("source")),
              mount.required("target"),
              mount.flag("read_only", true)));
    }
    return mounts;
  }

  private static Readiness readiness(ToolArguments given) throws RefusalException {
    ToolArguments ready = given.object("ready");
    if (ready == null) {
      return Readiness.NONE;
    }
    Long port = ready.number("port");
    String path = ready.text("http_path");
    if (path != null && port == null) {
      throw new RefusalException("ready has an http_path and no port", "give the port as well");
    }
    return new Readiness(
        port == null ? null : port.intValue(),
        path,
        ready.text("line"),
        Duration.ofSeconds(given.number("ready_timeout_seconds", READY_SECONDS)));
  }
}
