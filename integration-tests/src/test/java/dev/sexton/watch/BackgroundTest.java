package dev.sexton.watch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RecordReader;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.SextonCommand;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests the background watcher. There is one for each root, and it runs only while it is needed.
@Gate("takes minutes")
class BackgroundTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// A watcher ends 60s after the last instance.
  private static final Duration IDLE = Duration.ofSeconds(90);

  @TempDir private Path home;
  private final Processes processes = new Processes();
  private Path launcher;
  private Path root;

  @BeforeEach
  void install() {
    launcher = Launcher.install(home.resolve("sexton"));
    root = home.resolve(".sexton");
  }

  @AfterEach
  void end() {
    processes.close();
    Watchers.end(root);
  }

  private Process start(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(Server.environment(home));
    return processes.start(builder);
  }

  /// Starts a server. When this method returns, the watcher holds the server.
  private Process serve(String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of("run"));
    words.addAll(List.of(options));
    words.addAll(List.of("sleep", "1000"));
    Process server = start(words.toArray(String[]::new));
    Watchers.awaitHolding(root, server.pid());
    return server;
  }

  private int stop() throws IOException, InterruptedException {
    return SextonCommand.start(processes, home, "watch", "--stop").process().waitFor();
  }

  private Path record(long pid) throws IOException {
    try (var files = Files.newDirectoryStream(root.resolve("mcp/instances"), "*.json")) {
      for (Path file : files) {
        if (json(file).get("pid").getAsLong() == pid) {
          return file;
        }
      }
    }
    throw new AssertionError("process " + pid + " has no record");
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  /// Returns what runs for this root: watchers, and the shells that restart them.
  private List<Long> running() {
    return ProcScan.watchersBelow(home);
  }

  @Test
  void isOneForAllServersAndEndsAfterTheLast() throws IOException {
    Process first = serve();
    Proc watcher = Watchers.awaitHolding(root, first.pid());
    Process second = serve("--app", "other");
    assertThat(Watchers.awaitHolding(root, second.pid())).isEqualTo(watcher);
    assertThat(running()).hasSize(2); // The watcher and its shell.

    first.destroyForcibly();
    second.destroyForcibly();

    await().atMost(IDLE).untilAsserted(() -> assertThat(running()).isEmpty());
    assertThat(watcher.isRunning()).isFalse();
    assertThat(root.resolve("watcher")).doesNotExist();
  }

  @Test
  void isThereAgainForTheNextServerIfItWasStopped() throws IOException, InterruptedException {
    Process first = serve();
    Proc watcher = Watchers.awaitHolding(root, first.pid());
    assertThat(stop()).isZero();
    assertThat(watcher.isRunning()).isFalse();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(running()).isEmpty());
    assertThat(stop()).as("there is none").isZero();

    Process second = serve("--name", "a name");
    assertThat(json(record(second.pid())).get("name").getAsString()).isEqualTo("a name");
    assertThat(json(record(second.pid())).getAsJsonObject("owner").has("cgroup"))
        .as("written by the shell")
        .isTrue();

    Proc next = Watchers.awaitHolding(root, first.pid());
    assertThat(next).isNotEqualTo(watcher).isEqualTo(Watchers.awaitHolding(root, second.pid()));
  }

  @Test
  void aSecondOneLeavesTheFirstAlone() throws IOException, InterruptedException {
    Proc watcher = Watchers.awaitHolding(root, serve().pid());
    int second = SextonCommand.start(processes, home, "watch", "--background").process().waitFor();
    assertThat(second).isZero();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(running()).hasSize(2));
    assertThat(watcher.isRunning()).isTrue();
    assertThat(Watchers.of(root)).isEqualTo(watcher);
  }

  /// While a watcher runs, a server that uses the library needs no sentinel.
  @Test
  void seesToAServerWithTheLibrary() throws IOException {
    Proc watcher = Watchers.awaitHolding(root, serve().pid());
    Server server = Server.java(processes, home, "library", Map.of("TEST_SENTINEL", "1"));
    assertThat(Watchers.awaitHolding(root, server.self().pid())).isEqualTo(watcher);
    Proc session = server.session("s", "setsid", "sleep", "1000");
    assertThat(ProcScan.sentinelsOf(server.instanceId())).isEmpty();

    server.self().kill();

    await().atMost(LIMIT).until(() -> !session.isRunning() && Files.notExists(server.record()));
    assertThat(watcher.isRunning()).isTrue();
  }

  @Test
  void aServerWithTheLibraryHasASentinelWhereNobodyWatches() throws IOException {
    Server server = Server.java(processes, home, "library", Map.of("TEST_SENTINEL", "1"));
    server.session("s", "sleep", "1000");
    // While it starts, the shell that starts it has its arguments, too.
    await().atMost(LIMIT).until(() -> ProcScan.sentinelsOf(server.instanceId()).size() == 1);
    server.self().kill();
    await().atMost(LIMIT).until(() -> Files.notExists(server.record()));
  }

  @Test
  void listAndDoctorSayWhoWatches() throws IOException, InterruptedException {
    Process server = serve();
    Proc watcher = Watchers.awaitHolding(root, server.pid());
    assertThat(said("list")).contains("watched by process " + watcher.pid());
    assertThat(said("doctor")).contains("process " + watcher.pid() + " watches " + root);

    signal("STOP", watcher);
    assertThat(said("list")).contains("the watcher is stopped and does nothing");
    assertThat(said("doctor")).contains("kill -CONT " + watcher.pid());
    Process whileStopped = start("run", "sleep", "1000");
    await().atMost(LIMIT).until(() -> hasRecord(whileStopped.pid()));
    signal("CONT", watcher);
    Watchers.awaitHolding(root, whileStopped.pid());

    Watchers.killForGood(watcher);
    assertThat(said("list")).contains("no watcher runs");
    assertThat(said("doctor")).contains("none runs for " + root);
  }

  private String said(String command) throws IOException, InterruptedException {
    SextonCommand one = SextonCommand.start(processes, home, command);
    one.process().waitFor();
    return one.out() + one.err();
  }

  private boolean hasRecord(long pid) throws IOException {
    try {
      return Files.exists(record(pid));
    } catch (AssertionError none) {
      return false;
    }
  }

  private static void signal(String name, Proc one) throws IOException, InterruptedException {
    assertThat(one.isRunning()).isTrue();
    int code = new ProcessBuilder("kill", "-" + name, Long.toString(one.pid())).start().waitFor();
    assertThat(code).isZero();
  }

  /// A leftover watcher file names a PID that another process may have.
  @Test
  void isNotTakenForAnotherProcessWithItsNumber() throws IOException {
    Process stranger = processes.start(new ProcessBuilder("sleep", "1000"));
    Process first = serve();
    Watchers.killForGood(Watchers.awaitHolding(root, first.pid()));
    String[] words = Files.readString(root.resolve("watcher")).split(" ", 2);
    Files.writeString(root.resolve("watcher"), stranger.pid() + " " + words[1]);

    serve();

    assertThat(Watchers.of(root)).isNotNull().extracting(Proc::pid).isNotEqualTo(stranger.pid());
    assertThat(stranger.isAlive()).isTrue();
  }

  /// The launcher writes most records itself. The registrar, a JVM, writes those that need more.
  @Test
  void aShellWritesTheSameRecordAsTheRegistrar() throws Exception {
    serve();
    String[] options = {"--grace", "3s", "--after-stdin-close", "500ms"};
    Process bySh = serve(options);
    Process byJvm = serve("--grace", "3s", "--after-stdin-close", "500ms", "--strict");
    Path written = record(bySh.pid());
    Path registered = record(byJvm.pid());
    assertThat(Files.readString(written)).contains("\"argv\"");
    assertThat(Files.readString(registered)).doesNotContain("\"argv\"");
    InstanceRecord one = read(written);
    InstanceRecord other = read(registered);

    assertThat(one.schema()).isEqualTo(other.schema());
    assertThat(one.application()).isEqualTo(other.application());
    assertThat(one.name()).isEqualTo(other.name()).isEqualTo("sleep");
    assertThat(one.command()).isEqualTo(other.command());
    ProcessIdentity owner = requireNonNull(one.owner());
    assertThat(owner.machine()).isEqualTo(requireNonNull(other.owner()).machine());
    assertThat(owner.start().value()).isEqualTo(Proc.of(bySh.pid()).start());
    assertThat(one.ownerHoldsLock()).isEqualTo(other.ownerHoldsLock()).isFalse();
    assertThat(one.containers()).isEqualTo(other.containers());
    assertThat(one.surroundings()).isEqualTo(other.surroundings());
    assertThat(one.run()).isEqualTo(other.run());
    assertThat(requireNonNull(requireNonNull(one.run()).client()).pid())
        .isEqualTo(ProcessHandle.current().pid());
    assertThat(one.keep()).isEqualTo(other.keep());
    assertThat(one.written().value())
        .isBetween(owner.start().value(), Proc.of(byJvm.pid()).start());
    assertThat(one.started()).isEqualTo(one.written());
    assertThat(Instant.parse(one.startedAt()))
        .isBetween(Instant.now().minusSeconds(600), Instant.now());
    Set<String> keys = new HashSet<>(json(written).keySet());
    keys.remove("argv");
    keys.add("name");
    assertThat(keys).isEqualTo(json(registered).keySet());
    assertThat(Files.getPosixFilePermissions(written))
        .isEqualTo(Files.getPosixFilePermissions(registered));
  }

  private static InstanceRecord read(Path file) throws Exception {
    assertThat(StateDirectory.instanceOf(file.getFileName().toString())).isNotNull();
    return RecordReader.read(Files.readAllBytes(file), file);
  }

  /// A sweep knows by the unit what systemd is to end. If the unit is misread, all of it is kept.
  @Test
  void theShellTellsTheSystemdUnitOfAServer() throws Exception {
    Requirement.root();
    serve();
    Path script = home.resolve("unit.sh");
    Python.copy("/dev/sexton/torture/unit.sh", script);
    String unit = "sexton-background-" + UUID.randomUUID() + ".service";
    List<String> enter = List.of("unshare", "--mount", "sh", script.toString(), "enter", unit);
    List<String> command = new ArrayList<>(enter);
    command.addAll(List.of(launcher.toString(), "run", "sleep", "1000"));
    Commands.run("unshare", "--mount", "sh", script.toString(), "make", unit);
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().clear();
      builder.environment().putAll(Server.environment(home));
      Process server = processes.start(builder);
      Watchers.awaitHolding(root, server.pid());
      Path written = record(server.pid());
      assertThat(json(written).getAsJsonObject("owner").has("cgroup")).isTrue();
      assertThat(read(written).surroundings().systemdUnit()).isEqualTo(unit);
    } finally {
      processes.close();
      await()
          .atMost(LIMIT)
          .ignoreExceptions()
          .until(() -> {
            Commands.run("unshare", "--mount", "sh", script.toString(), "remove", unit);
            return true;
          });
    }
  }

  /// Quotes, backslashes and blanks are kept. Words that are not ASCII take the slower path.
  @Test
  void anyWordsMakeARecordThatCanBeRead() throws Exception {
    serve();
    for (Map.Entry<String, Boolean> word :
        Map.of("a \"b\" \\ c\\\"", true, "ü\n", false, "\t", false, "", true).entrySet()) {
      Process server = start("run", "--name", "n", "sh", "-c", "exec sleep 1000", word.getKey());
      Watchers.awaitHolding(root, server.pid());
      Path file = record(server.pid());
      assertThat(read(file).command()).isEqualTo("sh -c exec sleep 1000 " + word.getKey());
      assertThat(json(file).getAsJsonObject("owner").has("cgroup")).isEqualTo(word.getValue());
      server.destroyForcibly();
    }
  }
}
