package dev.sexton.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testkit.HomeTestBase;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.SextonCommand;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.Requirement;
import dev.sexton.torture.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Checks that everything a server behind `sexton run` started ends with it, however it has
/// detached itself. Another running server, and what opted out, stays with everything below it.
/// What cannot be ended is reported.
@Timeout(300)
class TreeTest extends HomeTestBase {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /// Does what its arguments say as root, with an empty environment and in its own session, as
  /// `sudo` may do. It needs no library, so it runs for any user.
  private static final String PRIVILEGED =
      """
      #include <unistd.h>
      int main(int count, char **arguments) {
        char *nothing[] = {0};
        if (setgid(0) || setuid(0) || setsid() < 0) return 1;
        execve(arguments[1], arguments + 1, nothing);
        return 1;
      }
      """;

  private final List<Proc> canaries = new ArrayList<>();

  /// Each canary is like one of the children below, but has another parent.
  @BeforeEach
  void startCanaries() throws IOException {
    for (List<String> command :
        List.of(
            List.of("env", "-i", "setsid", "sleep", "600"),
            List.of("env", "SEXTON_INSTANCE=mcp:of-somebody-else", "setsid", "sleep", "600"))) {
      Process canary = processes.start(new ProcessBuilder(command));
      canaries.add(processes.adopt(canary.pid()));
    }
  }

  @Gate("takes long")
  @ParameterizedTest
  @ValueSource(strings = {"its client ends", "sexton stop"})
  void anOrderlyStopTakesWhatNothingTellsAfterwards(String why) throws Exception {
    Client client =
        start(
            Map.of(),
            List.of("--name", "orderly"),
            """
            env -i sleep 1000 & echo bare $! >>"$SEEN"
            env -i setsid sleep 1000 & echo apart $! >>"$SEEN"
            exec sleep 1000
            """);
    Proc bare = child("bare");
    Proc apart = child("apart");
    awaitBare(bare, client.server().pid());
    awaitBare(apart, apart.pid());
    client.watcher();

    if (why.equals("sexton stop")) {
      SextonCommand stop = command("stop", "orderly");
      assertThat(stop.process().waitFor()).as(stop.out() + stop.err()).isZero();
    } else {
      client.kill();
    }

    awaitGone(client.server(), bare, apart);
    client.awaitNothing();
    assertThat(client.errors()).isEmpty();
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  /// The watcher has seen them below the server. Nothing else shows which instance they belong to.
  @Test
  void aKillTakesWhatTheWatcherHasSeen() throws Exception {
    Client client =
        start(
            Map.of(),
            List.of("--name", "killed"),
            """
            env -i setsid sleep 1000 & echo apart $! >>"$SEEN"
            SEXTON_KEEP=1 setsid sh -c 'env -i sleep 1000 & echo kept $! >>"$SEEN"; wait' &
            exec sleep 1000
            """);
    Proc apart = child("apart");
    Proc kept = child("kept");
    awaitBare(apart, apart.pid());
    client.watcher();
    // The watcher looks at least every two seconds. Nothing outside it shows that it has looked.
    await().pollDelay(Duration.ofSeconds(4)).atMost(LIMIT).until(apart::isRunning);

    client.tell("server");

    awaitGone(client.server(), apart);
    client.awaitNothing();
    assertThat(kept.isRunning()).isTrue();
    kept.kill();
    assertThat(Files.readString(client.state().resolve("journal.jsonl")))
        .contains("was seen below its owner");
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  /// The other sweeper knows nothing of what the watcher has seen.
  @Gate("takes long")
  @Test
  void anotherSweeperThatComesFirstDoesNotHideWhatTheWatcherHasSeen() throws Exception {
    Client client =
        start(
            Map.of(),
            List.of("--name", "claimed"),
            """
            env -i setsid sleep 1000 & echo apart $! >>"$SEEN"
            exec sleep 1000
            """);
    Proc apart = child("apart");
    awaitBare(apart, apart.pid());
    client.watcher();
    Path script = home.resolve("claim.py");
    Python.copy("/dev/sexton/run/claim.py", script);
    Process sweeper =
        processes.start(
            new ProcessBuilder(
                Python.python3().toString(), script.toString(), client.record().toString()));
    assertThat(sweeper.inputReader(UTF_8).readLine()).isEqualTo("claimed");
    // The watcher looks at least every two seconds. Nothing outside it shows that it has looked.
    await().pollDelay(Duration.ofSeconds(4)).atMost(LIMIT).until(apart::isRunning);

    client.tell("server");
    awaitGone(client.server());
    // Longer than the watcher needs for its first attempt.
    await().pollDelay(Duration.ofSeconds(1)).atMost(LIMIT).until(sweeper::isAlive);
    sweeper.outputWriter(UTF_8).append("\n").close();

    awaitGone(apart);
    client.awaitNothing();
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  @Gate("takes long")
  @ParameterizedTest
  @ValueSource(strings = {"server", "client"})
  void aRecordThatSomebodyRemovedIsThereAgainForTheEnd(String kill) throws Exception {
    Client client =
        start(
            """
            setsid sleep 1000 & echo marked $! >>"$SEEN"
            exec sleep 1000
            """);
    Proc marked = child("marked");
    awaitSession(marked, marked.pid());
    client.watcher();
    Files.delete(client.record());

    client.end(kill);

    awaitGone(client.server(), marked);
    client.awaitNothing();
    assertThat(Files.readString(client.state().resolve("journal.jsonl")))
        .contains("\"pid\":" + marked.pid() + ",");
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "client"})
  void optingOutIsNotInheritedFromTheClient(String kill) throws Exception {
    Client client =
        start(
            Map.of("SEXTON_KEEP", "1"),
            List.of("--grace", "2s"),
            """
            sleep 1000 & echo near $! >>"$SEEN"
            setsid sleep 1000 & echo marked $! >>"$SEEN"
            SEXTON_KEEP=1 setsid sh -c '
              env -i sleep 1000 & echo bare $! >>"$SEEN"
              env -u SEXTON_KEEP setsid sleep 1000 & echo unset $! >>"$SEEN"
              wait' & echo kept $! >>"$SEEN"
            exec sleep 1000
            """);
    List<Proc> own = List.of(client.server(), child("near"), child("marked"));
    Proc kept = child("kept");
    Proc bare = child("bare");
    Proc unset = child("unset");
    awaitSession(own.getLast(), own.getLast().pid());
    awaitBare(bare, kept.pid());
    awaitSession(unset, unset.pid());
    assertThat(client.server().text("environ")).contains("SEXTON_INSTANCE=mcp:");
    for (Proc process : List.of(client.server(), own.get(1), own.get(2), unset)) {
      assertThat(process.text("environ")).doesNotContain("SEXTON_KEEP");
    }
    client.watcher();

    client.end(kill);

    awaitGone(own.toArray(Proc[]::new));
    client.awaitNothing();
    assertThat(List.of(kept, bare, unset)).allMatch(Proc::isRunning);
    assertThat(outcomes(kept)).isNotEmpty().containsOnly("KEPT");
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  /// The inner server is in the outer server's session and below it.
  @Gate("takes long")
  @ParameterizedTest
  @CsvSource({"server, state", "server, inner", "client, state", "client, inner"})
  void aServerWithinAnotherIsLeftToItsOwnKeeper(String kill, String inner) throws Exception {
    Path innerState = home.resolve(inner);
    Client outer =
        start(
            Map.of("INNER", innerState.toString(), "LAUNCHER", home + "/sexton/sexton"),
            List.of("--grace", "2s"),
            """
            sleep 1000 & echo near $! >>"$SEEN"
            setsid sleep 1000 & echo marked $! >>"$SEEN"
            "$LAUNCHER" run --state-dir "$INNER" --on-client-exit keep --grace 2s sh -c '
              setsid sleep 1000 & echo inner-child $! >>"$SEEN"
              echo inner $$ >>"$SEEN"
              exec sleep 1000' &
            exec sleep 1000
            """);
    Proc near = child("near");
    Proc marked = child("marked");
    awaitSession(marked, marked.pid());
    Proc innerServer = child("inner");
    Proc innerChild = child("inner-child");
    awaitSession(innerChild, innerChild.pid());
    assertThat(innerServer.session()).isEqualTo(outer.server().pid());
    outer.watcher();
    Proc innersWatcher = Watchers.awaitHolding(innerState, innerServer.pid());
    Path outersRecord = record(outer.state(), outer.server());
    Path innersRecord = record(innerState, innerServer);

    outer.end(kill);

    awaitGone(outer.server(), near, marked);
    await().atMost(LIMIT).until(() -> !Files.exists(outersRecord));
    assertThat(List.of(innerServer, innerChild, innersWatcher)).allMatch(Proc::isRunning);
    assertThat(innersRecord).exists();
    assertThat(outcomes(innerServer)).isNotEmpty().containsOnly("KEPT");

    innerServer.kill();
    awaitGone(innerChild);
    await().atMost(LIMIT).until(() -> !Files.exists(innersRecord));
    Watchers.end(innerState);
    outer.awaitNothing();
    String other = home.resolve("inner").toString();
    await().atMost(LIMIT).until(() -> ProcScan.withArgument(other).isEmpty());
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  /// The user who started it cannot end it, so it must be reported as long as it runs.
  @Gate("needs root")
  @Test
  void aPrivilegedChildIsDeniedAndTheRecordStays() throws Exception {
    Requirement.root();
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path program = privilegedProgram();
    Path users = Files.createDirectory(home.resolve("user"));
    Commands.run("chown", World.NOBODY + ":" + World.NOBODY, users.toString());
    Path script = home.resolve("client.py");
    Python.copy("/dev/sexton/run/client.py", script);
    List<String> asUser = List.of(Python.python3().toString(), script.toString());
    Client client =
        new Client(
            processes,
            users,
            Map.of("SEEN", users.resolve("seen").toString(), "PRIVILEGED", program.toString()),
            asUser(asUser),
            run(
                List.of("--grace", "2s"),
                """
                "$PRIVILEGED" /bin/sleep 1000 & echo privileged $! >>"$SEEN"
                sleep 1000 & echo near $! >>"$SEEN"
                exec sleep 1000
                """));
    Proc privileged = child(users, "privileged");
    Proc near = child(users, "near");
    await()
        .atMost(LIMIT)
        .until(() ->
            World.NOBODY == user(near)
                && user(privileged) == 0
                && privileged.session() == privileged.pid()
                && privileged.text("environ").isEmpty());
    client.watcher();

    client.kill();

    awaitGone(client.server(), near);
    await().atMost(LIMIT).until(() -> json(client.record()).has("sweep"));
    Watchers.end(client.state()); // Otherwise it tries again at every interval.
    assertThat(privileged.isRunning()).isTrue();
    int attempts = attempts(client);

    assertThat(sweepAs(users, 1)).contains("denied");
    assertThat(privileged.isRunning()).isTrue();
    assertThat(attempts(client)).isEqualTo(attempts + 1);
    assertThat(Files.readString(client.state().resolve("journal.jsonl")))
        .as("said once")
        .containsOnlyOnce("\"outcome\":\"DENIED\"");

    privileged.kill();
    awaitGone(privileged);
    sweepAs(users, 0);
    client.awaitNothing();
    assertThat(canaries).allMatch(Proc::isRunning);
  }

  /// Returns how often ending the privileged child was tried. Its record is a tombstone.
  private static int attempts(Client client) throws IOException {
    JsonObject sweep = json(client.record()).getAsJsonObject("sweep");
    assertThat(sweep.get("last_error").getAsString()).contains("another user's process");
    return sweep.get("attempts").getAsInt();
  }

  private Path privilegedProgram() throws IOException {
    Path source = Files.writeString(home.resolve("privileged.c"), PRIVILEGED);
    Path program = home.resolve("privileged");
    try {
      Commands.run(List.of("cc", "-o", program.toString(), source.toString()));
      Commands.run("chown", "0:0", program.toString());
      Commands.run("chmod", "4755", program.toString());
      Commands.run(asUser(List.of(program.toString(), "/bin/true")));
    } catch (Commands.Failed | UncheckedIOException refused) {
      Requirement.ROOT.check(false, "needs cc and set-user-ID programs: " + refused.getMessage());
    }
    return program;
  }

  /// Returns the command as run by an ordinary user who may read all files. Only their owner may
  /// have access to the classes under test.
  private static List<String> asUser(List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + World.NOBODY,
                "--regid=" + World.NOBODY,
                "--clear-groups",
                "--inh-caps=+dac_read_search",
                "--ambient-caps=+dac_read_search"));
    all.addAll(command);
    return all;
  }

  /// Returns what `sexton sweep` prints for the user.
  private String sweepAs(Path users, int exitCode) throws Exception {
    String launcher = users.resolve("sexton/sexton").toString();
    String state = users.resolve("state").toString();
    ProcessBuilder builder =
        new ProcessBuilder(asUser(List.of(launcher, "sweep", "--state-dir", state)))
            .redirectErrorStream(true)
            .directory(users.toFile());
    builder.environment().clear();
    builder.environment().putAll(Server.environment(users));
    Process process = processes.start(builder);
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isEqualTo(exitCode);
    return output;
  }

  private Client start(String server) throws IOException {
    return start(Map.of(), List.of(), server);
  }

  private Client start(Map<String, String> environment, List<String> options, String server)
      throws IOException {
    Map<String, String> all = new HashMap<>(environment);
    all.put("SEEN", home.resolve("seen").toString());
    return Client.start(processes, home, all, run(options, server));
  }

  private static List<String> run(List<String> options, String server) {
    List<String> run = new ArrayList<>(options);
    run.addAll(List.of("sh", "-c", server));
    return run;
  }

  private Proc child(String name) {
    return child(home, name);
  }

  /// Returns the process whose name and ID the server has written.
  private Proc child(Path place, String name) {
    Path seen = place.resolve("seen");
    List<String> found = new ArrayList<>();
    await()
        .atMost(LIMIT)
        .until(() -> {
          found.clear();
          if (Files.exists(seen)) {
            Files.readAllLines(seen).stream()
                .filter(line -> line.startsWith(name + " "))
                .forEach(found::add);
          }
          return !found.isEmpty();
        });
    return processes.adopt(Long.parseLong(found.getFirst().substring(name.length() + 1)));
  }

  /// Waits until it has an empty environment and is in this session.
  private static void awaitBare(Proc process, long session) {
    awaitSession(process, session);
    await().atMost(LIMIT).until(() -> process.text("environ").isEmpty());
  }

  private static void awaitSession(Proc process, long session) {
    await().atMost(LIMIT).until(() -> process.session() == session);
  }

  /// Returns the real user of a process.
  private static long user(Proc process) {
    return process
        .text("status")
        .lines()
        .filter(line -> line.startsWith("Uid:"))
        .map(line -> Long.parseLong(line.split("\\s+", -1)[1]))
        .findFirst()
        .orElseThrow();
  }

  private static Path record(Path state, Proc owner) throws IOException {
    try (var files = Files.newDirectoryStream(state.resolve("instances"), "*.json")) {
      for (Path file : files) {
        if (json(file).get("pid").getAsLong() == owner.pid()) {
          return file;
        }
      }
    }
    throw new AssertionError("no record of " + owner);
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  /// Returns the outcomes of a process in `sexton history`. There are two if the sweep at the start
  /// of `sexton run` was faster than the reaper.
  private List<String> outcomes(Proc process) throws Exception {
    SextonCommand history = command("history", "--pid", Long.toString(process.pid()), "--json");
    assertThat(history.process().waitFor()).as(history.err()).isZero();
    return history
        .out()
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject().get("outcome").getAsString())
        .toList();
  }

  private SextonCommand command(String... words) throws IOException {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--state-dir", home.resolve("state").toString()));
    return SextonCommand.start(processes, home, all.toArray(String[]::new));
  }

  private static void awaitGone(Proc... all) {
    await().atMost(LIMIT).untilAsserted(() -> assertThat(all).noneMatch(Proc::isRunning));
  }
}
