package dev.sexton.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.docker.DockerProviderFactory;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The training run for the AOT cache. It does in one JVM what the usual commands do, so that their
/// classes are loaded and linked in the cache. `cli/dist/build.sh` starts it in an empty directory,
/// with the environment pointed there.
///
/// It sees only its own state directory and its own fake engine. A build therefore stops no real
/// server, and makes the same cache whether or not the machine has a container engine.
final class AotTraining {
  /// The instance of a server that uses the library.
  private static final String REGISTERED = "00000000-0000-4000-9000-000000000001";

  /// The trained commands. Other commands work too, but start slower. Rare commands should not be
  /// here, since the JVM loads everything in the cache at every start.
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("--version"),
          List.of("--help"),
          List.of("list"),
          List.of("list", "--json"),
          List.of("sweep", "--dry-run"),
          List.of("sweep", "--json"),
          List.of("sweep", "--grace", "1s"),
          List.of("reap", REGISTERED),
          List.of("history"),
          List.of("history", "--json"));

  /// A PID that no kernel assigns: Linux stops at 4194304.
  private static final int NOBODY = 2_000_000_000;

  /// Enough dead instances that a sweep spreads them over its processors.
  private static final int DEAD = 130;

  private AotTraining() {}

  /// Takes the directory to work in. For the programs that `sexton run` starts, also takes
  /// `registrar` or `watcher` and the PID of a process that ends soon. Then only that program is
  /// trained, since the JVM loads everything that it sees here.
  public static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Path.of(args[0]);
    Path state = directory.resolve("state");
    if (args.length > 1) {
      requireSleep(args[2]);
      if (args[1].equals("registrar")) {
        register(state, args[2]);
      } else {
        watch(state, args[2]);
      }
      return; // System.exit would load a logger and everything that it needs.
    }
    try (ServerSocketChannel engine = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      engine.bind(UnixDomainSocketAddress.of(directory.resolve("engine.sock")));
      Thread.ofPlatform().daemon().start(() -> answer(engine));
      for (List<String> command : COMMANDS) {
        run(command); // Without any server ever registered, as on most machines.
        Process session = new ProcessBuilder("sleep", "60").start();
        leaveRegistered(state, session.pid());
        for (int i = 0; i < DEAD; i++) {
          // One left a process behind, and one has an owner whose PID was recycled.
          long left = i == 0 ? session.pid() : NOBODY + 1;
          leaveDeadInstance(state, i, i == 1 ? session.pid() : NOBODY, left);
        }
        run(inDirectory(command, state));
        session.destroyForcibly();
      }
      // The engine above is named by a variable, which most machines do not set.
      new DockerProviderFactory().discover(Map.of("HOME", directory.toString()));
    }
    System.exit(0); // Regardless of the threads that a command left behind.
  }

  /// Checks that the PID still belongs to the build's process and was not recycled.
  private static void requireSleep(String server) {
    String command = Platform.processes(false).command(Long.parseLong(server));
    if (!command.startsWith("sleep ")) {
      throw new IllegalStateException("process " + server + " is no sleep, but: " + command);
    }
  }

  private static void register(Path state, String server) throws IOException, InterruptedException {
    // As on a machine on which a server has registered before.
    FileStateDirectory directory = new FileStateDirectory(state, "mcp");
    Machine here = Platform.processes(false).machine();
    directory.create();
    directory.noteBoot(new StateDirectory.Boot(here.host(), here.boot(), Instant.now()));
    String self = Long.toString(ProcessHandle.current().pid());
    String[] options = {
      "run", "--app", "mcp", "--state-dir", state.toString(), "--on-client-exit", "keep"
    };
    List<String> args = new ArrayList<>(List.of(server, self, "none"));
    args.add(Integer.toString(options.length));
    args.addAll(List.of(options));
    args.addAll(List.of("docker", "run", "busybox"));
    for (Process started : RunRegistrar.register(args.toArray(String[]::new))) {
      started.waitFor(); // The directory is only ours while this process runs.
    }
  }

  /// Watches a server that ends and leaves one process, and checks everything twice.
  private static void watch(Path state, String server) throws IOException, InterruptedException {
    register(state, server);
    Process session = new ProcessBuilder("sleep", "60").start();
    leaveRegistered(state, session.pid());
    Thread watcher =
        Thread.ofPlatform()
            .daemon()
            .start(() -> run(List.of("watch", "--background", "--state-dir", state.toString())));
    watcher.join(Duration.ofSeconds(7));
    watcher.interrupt();
    watcher.join();
    session.destroyForcibly();
  }

  private static void run(List<String> command) {
    System.err.println(command + ": exit " + Main.run(command.toArray(new String[0])));
  }

  private static List<String> inDirectory(List<String> command, Path state) {
    List<String> args = new ArrayList<>(command);
    if (!command.getFirst().startsWith("--")) {
      args.addAll(1, List.of("--state-dir", state.toString()));
    }
    return args;
  }

  /// Writes the record of a dead server that used the library and left a process.
  private static void leaveRegistered(Path state, long session) throws IOException {
    ProcessTable processes = Platform.processes(false);
    Machine here = processes.machine();
    long start =
        processes.find(session) instanceof ProcessLookup.Present present
            ? present.process().start()
            : 0;
    Path registered =
        Files.createDirectories(state.resolve("instances")).resolve(REGISTERED + ".json");
    Files.writeString(registered.resolveSibling(REGISTERED + ".lock"), "");
    Files.writeString(
        registered,
        """
        {"instance_id": "%s", "pid": %d, "started_at": "2026-01-01T00:00:00Z",
         "python_processes": {"session": %d}, "schema": 1, "application": "mcp",
         "owner": {"host": "%s", "boot": "%s", "pid_namespace": "%s", "unit": "%s",
                   "pid": %d, "start": 1, "lock": true},
         "started_units": 1, "written_units": %d, "containers": false,
         "processes": {"session": {"pid": %d, "start": %d}}}
        """
            .formatted(
                REGISTERED,
                NOBODY,
                session,
                here.host(),
                here.boot(),
                here.pidNamespace(),
                here.unit().name().toLowerCase(Locale.ROOT),
                NOBODY,
                processes.now(),
                session,
                start));
  }

  /// Writes the record of a dead server in the format of the original.
  private static void leaveDeadInstance(Path state, int number, long owner, long session)
      throws IOException {
    String id = "00000000-0000-4000-8000-%012d".formatted(number);
    Path instances = Files.createDirectories(state.resolve("instances"));
    Files.writeString(
        instances.resolve(id + ".json"),
        """
        {"instance_id": "%s", "pid": %d, "started_at": "2026-01-01T00:00:00Z",
         "python_processes": {"session": %d, "gone": %d}}
        """
            .formatted(id, owner, session, NOBODY + 1));
  }

  /// Serves one connection after the other as a container engine without resources.
  private static void answer(ServerSocketChannel engine) {
    while (engine.isOpen()) {
      try (SocketChannel connection = engine.accept()) {
        ByteBuffer request = ByteBuffer.allocate(16 * 1024);
        while (connection.read(request.clear()) > 0) {
          String line = new String(request.array(), 0, request.position(), UTF_8);
          connection.write(ByteBuffer.wrap(response(line).getBytes(UTF_8)));
        }
      } catch (IOException e) {
        // The client hung up, or the training is over.
      }
    }
  }

  private static String response(String request) {
    String body;
    if (request.contains("/_ping")) {
      body = "OK";
    } else if (request.contains("/version")) {
      body =
          """
          {"Version": "29.0.0", "ApiVersion": "1.44", "MinAPIVersion": "1.24"}\
          """;
    } else if (request.contains("/volumes")) {
      body =
          """
          {"Volumes": []}\
          """;
    } else {
      body = "[]";
    }
    return "HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\nContent-Type: application/json\r\n"
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}
