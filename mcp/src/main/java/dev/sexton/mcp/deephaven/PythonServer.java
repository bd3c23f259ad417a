package dev.sexton.mcp.deephaven;

import dev.sexton.InstanceTracker;
import dev.sexton.mcp.AllowList;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.session.ProcessLauncher;
import dev.sexton.mcp.session.Session;
import dev.sexton.mcp.session.SessionLauncher;
import dev.sexton.mcp.session.SessionRuntime;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.transport.Call;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The server of the Python package deephaven-server, in a process of this machine. It listens on
/// loopback only. It reads its key from a nameless configuration file.
///
/// @param program the `deephaven` command
/// @param options the options of its JVM
/// @param authentication who may use it
/// @param environment variables set in addition to this server's own
/// @param settings the server's settings file, or the name of the defaults that it ships with
public record PythonServer(
    String program,
    JvmOptions options,
    Authentication authentication,
    Map<String, String> environment,
    String settings) {

  /// A server that answers.
  ///
  /// @param port the port on this machine
  public record Started(Session session, int port) {}

  /// Each retry means that another process took the port first.
  private static final int MOST_TRIES = 5;

  private static final String PROGRAM = "deephaven";
  private static final String SETTINGS = "deephaven.prop";
  private static final String OWN_SETTINGS = "dh-defaults.prop";
  private static final Closeable NOTHING = () -> {};

  /// Returns the server that a client asks for.
  ///
  /// @param venv the directory of a virtual environment; null for the active one, or the `PATH`
  /// @param here this server's own environment
  public static PythonServer of(
      AllowList allowed, @Nullable String venv, ServerRequest request, Map<String, String> here)
      throws RefusalException {
    Map<String, String> environment = request.environment();
    String program = allowed.requireCommand(program(venv, here), here.get("PATH"));
    ProcessLauncher.requireEnvironment(environment);
    allowed.requireVariables(environment.keySet());
    Map<String, String> all = new LinkedHashMap<>(here);
    all.putAll(environment);
    Map<String, String> set = new LinkedHashMap<>(environment);
    if (all.getOrDefault("JAVA_HOME", "").isEmpty()) {
      set.put("JAVA_HOME", System.getProperty("java.home"));
    }
    return new PythonServer(
        program, request.options(), request.authentication(), set, settings(all));
  }

  private static String program(@Nullable String venv, Map<String, String> here)
      throws RefusalException {
    String active = here.getOrDefault("VIRTUAL_ENV", "");
    if (venv == null) {
      return active.isEmpty() || !Files.isExecutable(inside(active))
          ? PROGRAM
          : inside(active) + "";
    }
    try {
      Path program = inside(venv);
      if (program.isAbsolute() && Files.isExecutable(program)) {
        return program.toString();
      }
    } catch (InvalidPathException invalid) {
      // Reported below.
    }
    throw new RefusalException(
        "no bin/deephaven in python_venv " + venv,
        "give the absolute path of a virtual environment, with deephaven-server installed in"
            + " it: "
            + venv
            + "/bin/pip install deephaven-server");
  }

  private static Path inside(String venv) {
    return Path.of(venv, "bin", PROGRAM).normalize();
  }

  /// Returns the place where the server itself would find its settings.
  private static String settings(Map<String, String> environment) {
    String named = environment.getOrDefault("DEEPHAVEN_CONFIG_DIR", "");
    String user = environment.getOrDefault("XDG_CONFIG_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    Path directory =
        !named.isEmpty()
            ? Path.of(named)
            : !user.isEmpty() ? Path.of(user, PROGRAM) : Path.of(home, ".config", PROGRAM);
    Path file = directory.resolve(SETTINGS).toAbsolutePath();
    return Files.exists(file) ? file.toString() : OWN_SETTINGS;
  }

  /// Starts the server on a free port. If another process takes the port first, tries another one.
  public Started start(Sessions sessions, String name, Duration limit, Call call)
      throws RefusalException {
    long deadline = System.nanoTime() + limit.toNanos();
    for (int tries = 1; ; tries++) {
      int port = freePort();
      ServerReady ready =
          new ServerReady(port, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      try {
        SessionLauncher launch = (instance, waiting) -> launch(instance, port, waiting);
        return new Started(sessions.start(name, launch, ready, call), port);
      } catch (RefusalException failed) {
        if (tries == MOST_TRIES || !(ready.isTaken() || saysInUse(failed))) {
          throw failed;
        }
        call.progress("port " + port + " was taken by another program; trying another port");
      }
    }
  }

  /// Returns whether the server said before it ended that the port is taken.
  private static boolean saysInUse(RefusalException failed) {
    return String.valueOf(failed.getMessage()).contains("Address already in use");
  }

  private static int freePort() throws RefusalException {
    try {
      return Listeners.freePort();
    } catch (IOException none) {
      throw new RefusalException("no port is free", String.valueOf(none.getMessage()));
    }
  }

  private SessionRuntime launch(InstanceTracker instance, int port, Call call)
      throws IOException, RefusalException {
    String key = authentication.key();
    if (key == null) {
      return new DeephavenRuntime(process(port, List.of()).start(instance, call), null, NOTHING);
    }
    SecretFile file =
        SecretFile.of(
            "includefiles=" + settings + "\n" + Authentication.KEY_PROPERTY + "=" + key + "\n");
    try {
      List<String> own = List.of("-DConfiguration.rootFile=" + file.path());
      return new DeephavenRuntime(process(port, own).start(instance, call), key, file);
    } catch (RefusalException | RuntimeException failed) {
      file.close();
      throw failed;
    }
  }

  private ProcessLauncher process(int port, List<String> own) throws RefusalException {
    List<String> arguments =
        List.of(
            "server",
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--no-browser",
            "--jvm-args",
            options.line(authentication, own));
    return ProcessLauncher.permitted(program, arguments, null, environment);
  }

  /// Omits the environment, which must not appear in logs.
  @Override
  public String toString() {
    return program;
  }
}
