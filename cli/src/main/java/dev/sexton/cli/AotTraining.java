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

/**
 * The run that the AOT cache is recorded from: it does, in one JVM, what the usual commands do, so
 * that their classes are in the cache already loaded and linked. {@code cli/dist/build.sh} starts
 * it in an empty directory, with the environment pointed there.
 *
 * <p>It only ever sees its own state directory and an engine of its own making, so a build stops
 * nobody's server, and makes the same cache whether or not the machine has a container engine.
 */
final class AotTraining {
  /** The instance of a server that uses the library. */
  private static final String REGISTERED = "00000000-0000-4000-9000-000000000001";

  /**
   * What is trained. A command that is not here works all the same, and starts slower; one that is
   * rare had better not be here, for the JVM loads everything that is in the cache at every start.
   */
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

  /** A PID that no kernel gives: Linux stops at 4194304. */
  private static final int NOBODY = 2_000_000_000;

  /** So many that a sweep spreads them over its processors. */
  private static final int DEAD = 130;

  private AotTraining() {}

  /**
   * Takes the directory to work in, and {@code registrar} or {@code watcher} for what {@code sexton
   * run} starts, with the ID of a process that ends soon: that is trained and nothing else, for the
   * JVM loads all that it sees here.
   */
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
      return; // System.exit would load a logger, and all that it needs.
    }
    try (ServerSocketChannel engine = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      engine.bind(UnixDomainSocketAddress.of(directory.resolve("engine.sock")));
      Thread.ofPlatform().daemon().start(() -> answer(engine));
      for (List<String> command : COMMANDS) {
        run(command); // Where no server ever was, as on most machines.
        Process session = new ProcessBuilder("sleep", "60").start();
        leaveRegistered(state, session.pid());
        for (int i = 0; i < DEAD; i++) {
          // One left a process, and the number of one's owner belongs to another process now.
          long left = i == 0 ? session.pid() : NOBODY + 1;
          leaveDeadInstance(state, i, i == 1 ? session.pid() : NOBODY, left);
        }
        run(inDirectory(command, state));
        session.destroyForcibly();
      }
      // The engine above is named by a variable, which most machines do not have.
      new DockerProviderFactory().discover(Map.of("HOME", directory.toString()));
    }
    System.exit(0); // whatever threads a command has left behind
  }

  /** Is it still what the build started, and nobody else's process under its number? */
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
      started.waitFor(); // The directory is ours for as long as we are here.
    }
  }

  /** Watches a server that ends with one process left, and looks at everything twice. */
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

  /** Writes the record of a server with the library that is gone, of which a process is left. */
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

  /** Writes the record of a server that is gone, as the original writes it. */
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

  /** A container engine that has nothing, for one connection after the other. */
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
