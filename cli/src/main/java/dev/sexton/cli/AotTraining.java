package dev.sexton.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.InstanceTracker;
import dev.sexton.cli.run.RunRegistrar;
import dev.sexton.docker.DockerProviderFactory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  /// Takes the directory to work in. For a program that `sexton run` starts, also takes `registrar`
  /// or `watcher` and the PID of a process that ends soon. Then only that program is trained, since
  /// the JVM loads everything that it sees here. With `all` instead, everything is trained.
  public static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Path.of(args[0]);
    Path state = directory.resolve("state");
    String program = args.length > 1 ? args[1] : "commands";
    if (!program.equals("commands")) {
      requireSleep(args[2]);
    }
    switch (program) {
      case "registrar" -> register(state, args[2]);
      case "watcher" -> watch(state, args[2]);
      case "all" -> {
        watch(state, args[2]);
        runCommands(directory, directory.resolve("commands"));
      }
      default -> {
        runCommands(directory, state);
        System.exit(0); // Regardless of the threads that a command left behind.
      }
    }
    // Otherwise, System.exit would load a logger and everything that it needs.
  }

  private static void runCommands(Path directory, Path state) throws IOException {
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
  }

  /// Checks that the PID still belongs to the build's process and was not recycled.
  private static void requireSleep(String server) throws IOException {
    String command = Files.readString(Path.of("/proc", server, "cmdline"));
    if (!command.startsWith("sleep\0")) {
      throw new IllegalStateException("process " + server + " is no sleep, but: " + command);
    }
  }

  private static void register(Path state, String server) throws IOException, InterruptedException {
    tracker(state).unregister(); // As on a machine on which a server has registered before.
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

  private static InstanceTracker tracker(Path state) {
    return InstanceTracker.builder()
        .application("mcp")
        .stateDirectory(state)
        .sweepOnRegister(false)
        .sentinel(false)
        .closeOnShutdown(false)
        .register();
  }

  /// Writes the record of a dead server that used the library and left a process.
  private static void leaveRegistered(Path state, long session) throws IOException {
    InstanceTracker tracker = tracker(state);
    tracker.trackProcess("session", session);
    Path file = tracker.instanceFile();
    JsonObject record = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    tracker.unregister();
    record.addProperty("instance_id", REGISTERED);
    record.addProperty("pid", NOBODY);
    record.addProperty("started_at", "2026-01-01T00:00:00Z");
    JsonObject owner = record.getAsJsonObject("owner");
    owner.addProperty("pid", NOBODY);
    owner.addProperty("start", 1);
    Files.writeString(file.resolveSibling(REGISTERED + ".lock"), "");
    Files.writeString(file.resolveSibling(REGISTERED + ".json"), record.toString());
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
