package dev.sexton.run;

import static dev.sexton.testsupport.Processes.awaitGone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.Sweeper;
import dev.sexton.testkit.HomeTestBase;
import dev.sexton.testkit.Packages;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.SextonCommand;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever is killed, nothing of the server is left, and no other process is touched.
class KillTest extends HomeTestBase {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final List<Proc> canaries = new ArrayList<>();

  @BeforeEach
  void startCanaries() throws IOException {
    for (String options : List.of("SEXTON_INSTANCE=mcp:of-somebody-else", "A=B")) {
      Process canary =
          processes.start(new ProcessBuilder("env", options, "setsid", "sleep", "600"));
      canaries.add(processes.adopt(canary.pid()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "client", "stdin"})
  void endsAllOfIt(String kill) throws IOException {
    assertEndsAllOfIt(kill, "sh python sh");
  }

  @Gate("takes long, and needs node")
  @ParameterizedTest
  @CsvSource({
    "server, python sh python",
    "server, node sh node",
    "group, sh python sh",
    "group, python sh python",
    "group, node sh node",
    "tree, sh python sh",
    "tree, python sh python",
    "tree, node sh node",
    "client, python sh python",
    "client, node sh node",
    "stdin, python sh python",
    "stdin, node sh node",
  })
  void endsAllOfItHoweverItIsKilled(String kill, String chain) throws IOException {
    assertEndsAllOfIt(kill, chain);
  }

  private void assertEndsAllOfIt(String kill, String chain) throws IOException {
    List<String> run = new ArrayList<>(List.of("--grace", "1s", "--after-stdin-close", "500ms"));
    run.addAll(chain(chain));
    Client client = Client.start(processes, home, Map.of("CHAIN", pids().toString()), run);
    List<Proc> links = links();
    assertThat(links.getFirst()).isEqualTo(client.server());
    client.watcher();

    client.end(kill);

    awaitEndOf(client, links);
    assertThat(client.errors()).isEmpty();
    String why =
        switch (kill) {
          case "client" -> "its client ended";
          case "stdin" -> "its stdin was closed";
          default -> "";
        };
    assertThat(ownersEnd(client)).as("who ended the server").contains(why);
    assertThat(ownersEnd(client).isEmpty()).isEqualTo(why.isEmpty());
  }

  /// Returns what the journal says about the end of the server itself. Empty if it was not ended.
  private static String ownersEnd(Client client) throws IOException {
    Path journal = client.state().resolve("journal.jsonl");
    return Files.exists(journal)
        ? Files.readString(journal)
            .lines()
            .filter(line -> line.contains("\"name\":\"(owner)\""))
            .filter(line -> line.contains("\"pid\":" + client.server().pid() + ","))
            .collect(Collectors.joining("\n"))
        : "";
  }

  /// Its reaper sweeps at the same time. Whichever is faster, nothing is left, and the output says
  /// so.
  @Gate("takes long")
  @Test
  void stoppingItBesideItsReaperSaysWhatIsTrue() throws IOException, InterruptedException {
    Client client = start(List.of("--grace", "1s"), "sh python sh");
    List<Proc> links = links();
    String record;
    try (Stream<Path> files = Files.list(client.state().resolve("instances"))) {
      record =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".json"))
              .findFirst()
              .orElseThrow();
    }

    SextonCommand stop =
        SextonCommand.start(
            processes,
            home,
            "stop",
            record.substring(0, 36),
            "--state-dir",
            client.state().toString(),
            "--json");

    assertThat(stop.process().waitFor()).as(stop.out() + stop.err()).isZero();
    assertThat(client.state().resolve("instances").resolve(record)).doesNotExist();
    assertThat(stop.out()).contains("\"left\": 0", "\"rest\": \"\"");
    assertThat(links).noneMatch(Proc::isRunning);
    assertThat(ownersEnd(client)).contains("sexton stop");
    client.awaitNothing();
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  @Gate("takes long")
  @Test
  void keepsTheServerThatIsToStayWithoutItsClient() throws IOException {
    Client client =
        start(List.of("--on-client-exit", "keep", "--after-stdin-close", "never"), "sh sh sh");
    List<Proc> links = links();
    Proc watcher = client.watcher();
    client.kill();
    // What could have stopped it would do so at once. A second client of the same kind shows when.
    Path other = Files.createDirectory(home.resolve("other"));
    Path pids = other.resolve("pids");
    Client second =
        Client.start(
            processes,
            other,
            Map.of("CHAIN", pids.toString()),
            run(List.of("--grace", "0"), "sh sh"));
    second.watcher();
    second.kill();
    second.awaitNothing();

    assertThat(links).allMatch(Proc::isRunning);
    assertThat(watcher.isRunning()).isTrue();
    client.server().kill();
    awaitGone(links);
    client.awaitNothing();
  }

  @Gate("takes long")
  @ParameterizedTest
  @ValueSource(strings = {"server", "client", "stdin"})
  void aWatcherThatIsKilledIsBackAndTakesEverythingUp(String kill) throws IOException {
    Client client = start(List.of("--grace", "1s", "--after-stdin-close", "500ms"), "sh python sh");
    List<Proc> links = links();
    Proc watcher = client.watcher();
    watcher.kill();
    awaitGone(List.of(watcher));
    assertThat(client.watcher()).isNotEqualTo(watcher);

    client.end(kill);

    awaitEndOf(client, links);
  }

  /// The server, its client and the watcher, with the shell that would restart it.
  @Test
  void theNextServerFindsWhatIsLeftIfAllAreKilledAtOnce() throws IOException {
    Client client = start(List.of("--grace", "1s"), "sh python sh");
    List<Proc> links = links();
    Proc watcher = client.watcher();
    Watchers.killForGood(watcher);
    client.kill();
    client.server().kill();
    awaitGone(links.subList(0, 1));
    assertThat(links.subList(1, links.size())).allMatch(Proc::isRunning);

    Path launcher = home.resolve("sexton/sexton");
    ProcessBuilder next =
        new ProcessBuilder(
            launcher.toString(), "run", "--state-dir", client.state().toString(), "sleep", "1000");
    next.environment().clear();
    next.environment().putAll(Server.environment(home));
    Process second = processes.start(next);

    awaitGone(links);
    second.destroyForcibly();
    client.awaitNothing();
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  @Test
  void leavesItToTheNextSweepIfItsWatcherIsKilledForGood() throws IOException {
    Client client = start(List.of("--grace", "1s"), "sh python sh");
    List<Proc> links = links();
    Watchers.killForGood(client.watcher());
    Sweeper sweeper =
        Sweeper.builder().stateDirectory(client.state()).grace(Duration.ofSeconds(1)).build();

    assertThat(sweeper.sweep().instances())
        .singleElement()
        .satisfies(
            instance -> assertThat(instance.liveness()).isEqualTo(dev.sexton.Liveness.ALIVE));
    assertThat(links).allMatch(Proc::isRunning);
    client.tell("server");
    awaitGone(links.subList(0, 1));
    assertThat(sweeper.sweep().isClean()).isTrue();

    awaitEndOf(client, links);
  }

  /// It has no marker and no parent, and is newer than the record. Only its session shows which
  /// instance it belongs to.
  @Gate("takes long")
  @ParameterizedTest
  @ValueSource(strings = {"server", "stdin"})
  void endsWhatOnlyTheSessionTells(String kill) throws IOException {
    Client client =
        Client.start(
            processes,
            home,
            Map.of("CHAIN", pids().toString()),
            List.of(
                "--after-stdin-close",
                "10ms",
                "sh",
                "-c",
                "sleep 0.1; (env -i sleep 1000 & echo $! >\"$CHAIN\"); exec sleep 1000"));
    links = 1;
    List<Proc> bare = links();
    client.watcher();

    client.tell(kill);

    awaitEndOf(client, bare);
  }

  /// The runner outlives its client and keeps the server running.
  @Gate("needs npm and PyPI")
  @ParameterizedTest
  @CsvSource({"npm, client", "npm, stdin and client", "uv, client", "uv, stdin and client"})
  void aServerThatAPackageRunnerStartedEndsWithItsClient(String runner, String how)
      throws IOException {
    Python.copy("/dev/sexton/run/client.py", home.resolve("client.py"));
    List<String> program =
        new ArrayList<>(List.of(Python.python3().toString(), home.resolve("client.py").toString()));
    program.addAll(runner.equals("npm") ? npm() : uv());
    Path seen = home.resolve("seen");
    Client client =
        new Client(
            processes,
            home,
            Map.of("SEEN", seen.toString()),
            program,
            List.of(
                "--after-stdin-close",
                "1h",
                "sh",
                "-c",
                "echo $$ >\"$SEEN.new\"; mv \"$SEEN.new\" \"$SEEN\"; exec sleep 1000"));
    await().atMost(LIMIT).until(() -> Files.exists(seen));
    Proc server = processes.adopt(Long.parseLong(Files.readString(seen).strip()));
    assertThat(server).as("a child of the runner").isNotEqualTo(client.server());
    Watchers.awaitHolding(client.state(), client.pid());
    if (how.startsWith("stdin")) {
      client.tell("stdin");
      assertThat(server.isRunning()).isTrue();
    }

    client.kill();

    awaitGone(List.of(server));
    client.awaitNothing();
    assertThat(Files.readString(client.state().resolve("journal.jsonl")))
        .contains("its client ended");
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  /// Returns a command that runs its remaining arguments as a package's program.
  private List<String> npm() throws IOException {
    Path program = home.resolve("node_modules/.bin/start");
    Files.createDirectories(program.getParent());
    Files.writeString(program, "#!/bin/sh\nexec \"$@\"\n");
    Commands.run(List.of("chmod", "+x", program.toString()));
    Files.writeString(home.resolve("package.json"), "{\"name\": \"test\", \"version\": \"1.0.0\"}");
    return List.of("npm", "exec", "--offline", "--prefix", home.toString(), "--", "start");
  }

  private static List<String> uv() throws IOException {
    Path uv = Packages.python("uv", Python.python3(), List.of("uv")).resolve("bin/uv");
    return List.of(uv.toString(), "run", "--no-project", "--offline", "--");
  }

  @Test
  void goesWithAServerThatEndsByItself() throws IOException {
    Client client =
        Client.start(processes, home, Map.of(), List.of("sh", "-c", "read line; exit 7"));
    client.watcher();
    client.tell("stdin");
    assertThat(client.exitCode()).isEqualTo(7);
    client.awaitNothing();
  }

  @Gate("takes long")
  @Test
  void runsWithinAnother() throws IOException {
    Path launcher = home.resolve("sexton/sexton");
    List<String> run = new ArrayList<>(List.of("--grace", "1s", launcher.toString(), "run"));
    run.addAll(List.of("--state-dir", home.resolve("inner").toString()));
    run.addAll(run(List.of("--grace", "1s"), "python sh"));
    Client client = Client.start(processes, home, Map.of("CHAIN", pids().toString()), run);
    List<Proc> links = links();

    client.tell("server");

    awaitEndOf(client, links);
  }

  /// Waits until nothing of the server is left, and asserts that no other process was touched.
  private void awaitEndOf(Client client, List<Proc> links) {
    awaitGone(links);
    client.awaitNothing();
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  private Client start(List<String> options, String chain) throws IOException {
    return Client.start(processes, home, Map.of("CHAIN", pids().toString()), run(options, chain));
  }

  private Path pids() {
    return home.resolve("pids");
  }

  private List<String> run(List<String> options, String chain) {
    List<String> run = new ArrayList<>(options);
    run.addAll(chain(chain));
    return run;
  }

  private List<String> chain(String programs) {
    List<String> command = new ArrayList<>();
    for (String program : programs.split(" ", -1)) {
      String script =
          switch (program) {
            case "sh" -> "link.sh";
            case "python" -> "link.py";
            default -> "link.js";
          };
      Path copy = home.resolve(script);
      Python.copy("/dev/sexton/run/" + script, copy);
      command.add(
          switch (program) {
            case "python" -> Python.python3().toString();
            case "node" -> node();
            default -> program;
          });
      command.add(copy.toString());
    }
    links = programs.split(" ", -1).length;
    return command;
  }

  private int links;

  private static String node() {
    return Requirement.NODE.get(
        "no node here", () -> Commands.run("node", "-p", "process.execPath"));
  }

  private List<Proc> links() {
    await().atMost(LIMIT).until(() -> Files.exists(pids()) && lines().size() == links);
    try {
      return lines().stream().map(pid -> processes.adopt(Long.parseLong(pid))).toList();
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(pids());
  }
}
