package dev.sexton.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.Requirement;
import dev.sexton.testsupport.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests a server in its own control group, where the kernel lets its user have one. Whatever the
/// server started is in the group and ends with it. The tests run as root, and as a user who owns
/// only the group of the server's client.
@Gate("needs root")
@Timeout(300)
class ControlGroupTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int NOBODY = 65_534;

  @TempDir private Path home;
  private final String group = "sexton-test." + UUID.randomUUID();
  private final Processes processes = new Processes();
  private final List<Proc> canaries = new ArrayList<>();
  private @Nullable Path installed;
  private int user;

  @BeforeEach
  void copyScripts() {
    Requirement.root();
    Python.copy("/dev/sexton/run/group.sh", home.resolve("group.sh"));
    Python.copy("/dev/sexton/run/relay.py", home.resolve("relay.py"));
  }

  @AfterEach
  void end() {
    processes.close();
    Watchers.end(root());
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(() -> {
          Commands.run(inNamespace("remove", group));
          return true;
        });
  }

  private Path root() {
    return home.resolve(".sexton");
  }

  /// Installs the command and starts bystanders, one of them in the clients' group.
  private void begin(int runBy) throws IOException {
    user = runBy;
    installed = Launcher.installForAll(home.resolve("sexton"));
    Commands.run(List.of("chown", "-R", user + ":" + user, home.toString()));
    canaries.add(processes.adopt(start("env", "-i", "sleep", "1000").pid()));
    canaries.add(processes.adopt(processes.start(new ProcessBuilder("sleep", "1000")).pid()));
  }

  private List<String> inNamespace(String... words) {
    List<String> command =
        new ArrayList<>(List.of("unshare", "--mount", "sh", home.resolve("group.sh").toString()));
    command.addAll(List.of(words));
    return command;
  }

  /// Starts a command of the user in the group.
  private Process start(String... command) throws IOException {
    List<String> words = inNamespace("enter", group, Integer.toString(user));
    words.addAll(List.of(command));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("output").toFile());
    builder.environment().clear();
    builder.environment().putAll(Server.environment(home));
    builder.environment().put("SEEN", home.resolve("seen").toString());
    builder.environment().put("SEXTON", launcher());
    return processes.start(builder);
  }

  private String launcher() {
    return requireNonNull(installed).toString();
  }

  /// Starts a server. When this method returns, a watcher holds the server.
  private Process serve(String... command) throws IOException {
    List<String> words = new ArrayList<>(List.of(launcher(), "run"));
    words.addAll(List.of(command));
    Process server = start(words.toArray(String[]::new));
    Watchers.awaitHolding(root(), server.pid());
    return server;
  }

  /// Starts a server that waits for a line, then does what the script says, and keeps running.
  private Process serveOnceTold(String script) throws IOException {
    return serve("--after-stdin-close", "never", "sh", "-c", "read go\n" + script);
  }

  private static void tell(Process server) throws IOException {
    try (var in = server.outputWriter(UTF_8)) {
      in.write("go\n");
    }
  }

  private int sexton(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher()));
    command.addAll(List.of(words));
    return start(command.toArray(String[]::new)).waitFor();
  }

  /// Returns a process whose ID one of the scripts has written.
  private Proc child(String name) {
    Path seen = home.resolve("seen");
    List<Proc> found = new ArrayList<>();
    await()
        .atMost(LIMIT)
        .until(() -> {
          if (Files.exists(seen)) {
            for (String line : Files.readAllLines(seen)) {
              if (line.matches(name + " \\d+") && found.isEmpty()) {
                found.add(processes.adopt(Long.parseLong(line.split(" ", -1)[1])));
              }
            }
          }
          return !found.isEmpty();
        });
    return found.getFirst();
  }

  private JsonObject owner(long pid) throws IOException {
    try (var files = Files.newDirectoryStream(root().resolve("mcp/instances"), "*.json")) {
      for (Path file : files) {
        JsonObject record = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        if (record.get("pid").getAsLong() == pid) {
          return record.getAsJsonObject("owner");
        }
      }
    }
    throw new AssertionError("process " + pid + " has no record");
  }

  private boolean isAnythingRecorded() throws IOException {
    try (var files = Files.newDirectoryStream(root().resolve("mcp/instances"), "*.json")) {
      return files.iterator().hasNext();
    }
  }

  /// Returns the group of a process, as the kernel reports it.
  private String groupOf(long pid) {
    return ask("path", Long.toString(pid));
  }

  /// Returns the groups below the clients' group.
  private List<String> groups() {
    return ask("groups", group).lines().toList();
  }

  private String ask(String... words) {
    return Commands.run(inNamespace(words));
  }

  private void awaitGone(Proc... gone) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          for (Proc one : gone) {
            assertThat(one.isRunning()).as(ProcScan.describe(one.pid())).isFalse();
          }
          assertThat(groups()).as(this::state).isEmpty();
          assertThat(isAnythingRecorded()).isFalse();
        });
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  /// Returns what a failure has to say: what is in the groups, and in the files of the watcher.
  private String state() {
    return "in the groups: " + ask("procs", group) + Texts.below(root());
  }

  private String journal() throws IOException {
    return Files.readString(root().resolve("mcp/journal.jsonl"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, NOBODY})
  void aServerIsInAGroupOfItsOwnAndTheWatcherIsNot(int runBy) throws Exception {
    begin(runBy);
    Process first = serve("sleep", "1000"); // By the registrar: there is no directory yet.
    Process second = serve("sleep", "1000");

    for (Process server : List.of(first, second)) {
      String own = groupOf(server.pid());
      assertThat(own).matches("/" + group + "/sexton-[-0-9a-f]{36}");
      assertThat(owner(server.pid()).get("control_group").getAsString())
          .isEqualTo("/sys/fs/cgroup" + own);
    }
    assertThat(owner(first.pid()).has("systemd_unit")).isTrue();
    assertThat(owner(second.pid()).has("cgroup")).as("written by the shell").isTrue();
    Proc watcher = requireNonNull(Watchers.of(root()));
    assertThat(groupOf(watcher.pid())).isEqualTo("/" + group);
    sexton("doctor");
    assertThat(Files.readString(home.resolve("output")))
        .contains("gets its own control group, below /sys/fs/cgroup/" + group);

    first.destroyForcibly();
    second.destroyForcibly();
    awaitGone();
  }

  /// Only the group shows which instance these belong to: no environment, no session, no parent,
  /// and no watcher that has seen them.
  @ParameterizedTest
  @ValueSource(ints = {0, NOBODY})
  void aSweepTakesWhatNothingElseTells(int runBy) throws Exception {
    begin(runBy);
    Process server =
        serveOnceTold(
            """
            env -i SEEN="$SEEN" setsid sh -c '
              env -i setsid sleep 1000 & echo twice $! >>"$SEEN"'
            (exec env -i sleep 1000) & echo bare $! >>"$SEEN"
            exec sleep 1000
            """);
    Watchers.killForGood(requireNonNull(Watchers.of(root())));
    tell(server);
    Proc twice = child("twice");
    Proc bare = child("bare");
    await().atMost(LIMIT).until(() -> ProcScan.commandLine(twice.pid()).startsWith("sleep"));
    assertThat(groupOf(twice.pid())).isEqualTo(groupOf(server.pid()));

    server.destroyForcibly().waitFor();
    assertThat(sexton("sweep")).isZero();

    awaitGone(twice, bare);
    assertThat(journal()).contains("is in the instance's control group");
  }

  /// A process that forks and ends before a signal arrives is ended with the whole group.
  @ParameterizedTest
  @ValueSource(ints = {0, NOBODY})
  void nothingForksAway(int runBy) throws Exception {
    begin(runBy);
    Process server =
        serve(
            "--grace", "300ms", "sh", "-c", "env -i python3 relay.py \"$SEEN\" & exec sleep 1000");
    child("relay");

    server.destroyForcibly();

    awaitGone();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, NOBODY})
  void whatIsKeptStaysAndIsNotHeld(int runBy) throws Exception {
    begin(runBy);
    Process server =
        serve(
            "--grace",
            "300ms",
            "sh",
            "-c",
            """
            SEXTON_KEEP=1 setsid sh -c 'env -i sleep 1000 & echo kept $! >>"$SEEN"; wait' &
            env -i sh -c 'trap "" TERM; while :; do sleep 0.1; done' & echo stubborn $! >>"$SEEN"
            exec sleep 1000
            """);
    Proc kept = child("kept");
    Proc stubborn = child("stubborn");
    String own = groupOf(server.pid());

    server.destroyForcibly();

    await().atMost(LIMIT).until(() -> !stubborn.isRunning() && !isAnythingRecorded());
    assertThat(kept.isRunning()).isTrue();
    assertThat(groupOf(kept.pid())).isEqualTo(own);
    assertThat(ask("frozen", group)).isEqualTo("0");
    assertThat(canaries).allMatch(Proc::isRunning);
    kept.kill();
    await().atMost(LIMIT).until(() -> !kept.isRunning());
  }

  /// What a server launches with the library. This server is itself in the group of another server.
  @ParameterizedTest
  @ValueSource(ints = {0})
  void whatTheLibraryLaunchesIsInAGroupAndItsSentinelInNone(int runBy) throws Exception {
    begin(runBy);
    String outer = group + "/sexton-" + UUID.randomUUID();
    List<String> command = inNamespace("enter", outer, Integer.toString(user));
    command.addAll(Server.javaCommand("library"));
    Server server = Server.of(processes, home, Map.of("TEST_SENTINEL", "1"), command);
    Proc launched =
        server.launch(
            "s",
            "sh",
            "-c",
            "until [ -e "
                + home.resolve("go")
                + " ]; do sleep 0.05; done;"
                + " env -i setsid sleep 1000 & echo late $! >>"
                + home.resolve("seen")
                + "; wait");
    assertThat(groupOf(launched.pid())).isEqualTo("/" + outer + "/sexton-" + server.instanceId());
    assertThat(groupOf(server.self().pid())).isEqualTo("/" + outer);
    await().atMost(LIMIT).until(() -> ProcScan.sentinelsOf(server.instanceId()).size() == 1);
    long sentinel = ProcScan.sentinelsOf(server.instanceId()).getFirst();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(groupOf(sentinel)).isEqualTo("/" + group));
    Files.createFile(home.resolve("go"));
    Proc late = child("late");

    server.self().kill();

    await()
        .atMost(LIMIT)
        .until(
            () -> !launched.isRunning() && !late.isRunning() && Files.notExists(server.record()));
    await().atMost(LIMIT).untilAsserted(() -> assertThat(groups()).isEmpty());
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  /// A server that another one started is in a group below it, and keeps running. A watcher that it
  /// starts is in neither group.
  @ParameterizedTest
  @ValueSource(ints = {0, NOBODY})
  void aServerBelowAnotherLivesOn(int runBy) throws Exception {
    begin(runBy);
    Process outer =
        serveOnceTold(
            """
            "$SEXTON" run --on-client-exit keep --grace 300ms sh -c '
              env -i setsid sleep 1000 & echo inner $$ >>"$SEEN"; echo own $! >>"$SEEN"
              exec sleep 1000' &
            env -i setsid sh -c 'trap "" TERM; while :; do sleep 0.1; done' & echo outers $! >>"$SEEN"
            exec sleep 1000
            """);
    Watchers.killForGood(requireNonNull(Watchers.of(root())));
    tell(outer);
    Proc inner = child("inner");
    Proc own = child("own");
    Proc outers = child("outers");
    Proc watcher = Watchers.awaitHolding(root(), inner.pid());
    assertThat(groupOf(inner.pid())).startsWith(groupOf(outer.pid()) + "/sexton-");
    assertThat(groupOf(watcher.pid())).isEqualTo("/" + group);

    outer.destroyForcibly();

    await().atMost(LIMIT).until(() -> !outers.isRunning());
    assertThat(inner.isRunning() && own.isRunning()).isTrue();
    inner.kill();
    awaitGone(own);
    assertThat(watcher.isRunning()).isTrue();
  }
}
