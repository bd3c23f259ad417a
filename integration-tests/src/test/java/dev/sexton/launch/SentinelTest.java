package dev.sexton.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.testkit.Server;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Tests what becomes of a server's processes, however the server ends.
@EnabledOnOs(OS.LINUX)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SentinelTest {
  private static final String[] SLEEPER = {"sleep", "300"};

  /// Its grandchild no longer has the owner's process as parent, nor the owner's session.
  private static final String[] REPARENTED = {"sh", "-c", "(setsid sleep 300 &) ; exec sleep 300"};

  private static final String[] DEAF = {"sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"};

  private final Processes processes = new Processes();
  private Path home = Path.of("");
  private Proc canary = new Proc(1, 0);

  @BeforeEach
  void begin(@TempDir Path directory) throws IOException {
    home = directory;
    canary = processes.adopt(processes.start(new ProcessBuilder("sleep", "600")).pid());
  }

  @AfterEach
  void end() {
    boolean untouched = canary.isRunning();
    processes.close();
    assertThat(untouched).as("a process that is nobody's").isTrue();
  }

  private Server server(String... environment) throws IOException {
    Map<String, String> variables = new HashMap<>(Map.of("TEST_SENTINEL", "1"));
    for (int i = 0; i < environment.length; i += 2) {
      variables.put(environment[i], environment[i + 1]);
    }
    // setsid, as MCP clients do: the server leads a session and a group.
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(Server.javaCommand("mcp"));
    return Server.of(processes, home, variables, command);
  }

  private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }

  private Proc sentinel(Server server) {
    await("a sentinel", () -> !leaders(ProcScan.sentinelsOf(server.instanceId())).isEmpty());
    List<Long> found = leaders(ProcScan.sentinelsOf(server.instanceId()));
    assertThat(found).as("one sentinel").hasSize(1);
    return processes.adopt(found.getFirst());
  }

  private void awaitNothingLeft(Server server, Proc... children) throws IOException {
    for (Proc child : children) {
      await("process " + child.pid() + " is gone", () -> !child.isRunning());
    }
    await("the sentinel is gone", () -> ProcScan.sentinelsOf(server.instanceId()).isEmpty());
    await("no files are left", () -> files(server).isEmpty());
  }

  private static List<String> files(Server server) throws IOException {
    try (Stream<Path> files = Files.list(server.record().resolveSibling("."))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /// Returns the one descendant that leads its own session.
  private Proc grandchildOf(Server server) {
    String mark = "SEXTON_INSTANCE=mcp:" + server.instanceId();
    await("a grandchild", () -> !leaders(ProcScan.withVariable(mark)).isEmpty());
    return processes.adopt(leaders(ProcScan.withVariable(mark)).getFirst());
  }

  /// The processes of a server: its child, the grandchild that has left its session, and its
  /// sentinel.
  private record Family(Proc parent, Proc grandchild, Proc sentinel) {}

  private Family family(Server server) throws IOException {
    Proc parent = server.launch("a", REPARENTED);
    return new Family(parent, grandchildOf(server), sentinel(server));
  }

  /// Returns the processes that lead a session.
  private static List<Long> leaders(List<Long> pids) {
    return pids.stream()
        .filter(pid -> {
          Proc process = Proc.find(pid);
          return process != null && process.session() == pid;
        })
        .toList();
  }

  @Test
  void whatAKilledServerLaunchedIsGone() throws IOException {
    Server server = server();
    Proc child = server.launch("a", SLEEPER);
    Proc parent = server.launch("b", REPARENTED);
    sentinel(server);
    server.kill();
    awaitNothingLeft(server, child, parent);
    assertThat(ProcScan.withVariable("SEXTON_INSTANCE=mcp:" + server.instanceId())).isEmpty();
    assertThat(Files.readString(server.record().resolve("../../journal.jsonl").normalize()))
        .contains(server.instanceId());
  }

  @Test
  void whatWasStartedAndNotYetRecordedIsGone() throws IOException {
    Server server = server();
    Proc child = processes.adopt(Long.parseLong(server.ask("marked", "a", "sleep", "300")[0]));
    sentinel(server);
    server.kill();
    awaitNothingLeft(server, child);
  }

  @Test
  void aKillOfTheOwnersProcessGroupDoesNotReachTheSentinel() throws IOException {
    Server server = server();
    Family family = family(server);
    long group = server.self().pid();
    assertThat(server.self().group()).as("leads it").isEqualTo(group);
    Commands.run(List.of("sh", "-c", "kill -KILL \"-$1\"", "sh", Long.toString(group)));
    server.awaitEnd();
    awaitNothingLeft(server, family.parent(), family.grandchild(), family.sentinel());
  }

  @Test
  void aKillOfTheOwnersWholeTreeDoesNotReachTheSentinel() throws IOException {
    Server server = server();
    Family family = family(server);
    List<Proc> tree = new ArrayList<>(List.of(server.self()));
    for (int i = 0; i < tree.size(); i++) {
      for (long pid : ProcScan.childrenOf(tree.get(i).pid())) {
        tree.add(processes.adopt(pid));
      }
    }
    assertThat(tree)
        .contains(family.parent())
        .doesNotContain(family.sentinel(), family.grandchild());
    tree.forEach(Proc::kill);
    server.awaitEnd();
    awaitNothingLeft(server, family.parent(), family.grandchild(), family.sentinel());
  }

  @Test
  void aSentinelHoldsNothingOfItsOwners() throws IOException {
    Server server = server("JAVA_TOOL_OPTIONS", "-Dx=y", "SECRET_TOKEN", "s3cret");
    server.launch("a", SLEEPER);
    Proc sentinel = sentinel(server);
    Path proc = Path.of("/proc/" + sentinel.pid());
    assertThat(Files.readSymbolicLink(proc.resolve("cwd"))).isEqualTo(Path.of("/"));
    Map<String, String> descriptors = new HashMap<>();
    try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
      for (Path one : open.toList()) {
        descriptors.put(one.getFileName().toString(), Files.readSymbolicLink(one).toString());
      }
    }
    assertThat(descriptors).containsOnlyKeys("0", "1", "2");
    assertThat(descriptors.get("0")).startsWith("pipe:");
    assertThat(descriptors.get("1")).isEqualTo("/dev/null");
    assertThat(descriptors.get("2")).isEqualTo("/dev/null");
    assertThat(sentinel.parent()).as("parent").isNotEqualTo(server.self().pid());
    assertThat(sentinel.group()).as("group").isEqualTo(sentinel.pid());
    assertThat(sentinel.session()).as("session").isEqualTo(sentinel.pid());
    assertThat(sentinel.terminal()).as("terminal").isZero();
    assertThat(Files.readString(proc.resolve("environ")))
        .contains("HOME=" + home)
        .doesNotContain("SEXTON_INSTANCE", "JAVA_TOOL_OPTIONS", "SECRET_TOKEN", "TEST_SENTINEL");
    server.kill();
    awaitNothingLeft(server, sentinel);
  }

  @Test
  void aNormalEndLeavesNoSentinel() throws IOException {
    Server unregistered = server();
    Proc first = sentinel(unregistered);
    unregistered.ask("unregister");
    awaitNothingLeft(unregistered, first);
    unregistered.hangUp();
    assertThat(unregistered.awaitEnd()).isZero();

    Server closed = server();
    Proc second = sentinel(closed);
    Proc child = closed.launch("a", SLEEPER);
    closed.ask("close");
    assertThat(child.isRunning()).isFalse();
    awaitNothingLeft(closed, second);

    Server ended = server();
    Proc third = sentinel(ended);
    Proc other = ended.launch("a", SLEEPER);
    ended.hangUp();
    assertThat(ended.awaitEnd()).isZero();
    assertThat(other.isRunning()).as("it is closed when the JVM ends").isFalse();
    awaitNothingLeft(ended, third);
    assertThat(Files.readString(ended.record().resolve("../../journal.jsonl").normalize()))
        .as("what the servers ended themselves; nobody had to sweep")
        .contains("its owner closed the instance")
        .doesNotContain("\"kind\":\"instance\"");
  }

  @Test
  void sigtermClosesWithinTheGraceAlsoWhatIgnoresIt() throws IOException {
    Server server = server("TEST_GRACE", "300");
    Proc deaf = server.launch("deaf", DEAF);
    Proc sentinel = sentinel(server);
    server.terminate();
    assertThat(server.awaitEnd()).isEqualTo(143);
    assertThat(deaf.isRunning()).isFalse();
    awaitNothingLeft(server, deaf, sentinel);
  }

  @Test
  void anExitFromWithinClosesAndDoesNotHang() throws IOException {
    Server server = server();
    Proc child = server.launch("a", SLEEPER);
    assertThat(server.self().isRunning()).isTrue();
    try {
      server.ask("exit", "7");
    } catch (AssertionError itHasEnded) {
      assertThat(itHasEnded).hasMessageContaining("ended");
    }
    assertThat(server.awaitEnd()).isEqualTo(7);
    assertThat(child.isRunning()).isFalse();
    awaitNothingLeft(server, child);
  }

  @Test
  void aLostPipeDoesNothingWhileTheOwnerLives() throws IOException {
    Server server = server();
    Proc child = server.launch("a", SLEEPER);
    Proc sentinel = sentinel(server);
    server.ask("loseThePipe");
    await("the sentinel gives up", () -> !sentinel.isRunning());
    assertThat(child.isRunning()).isTrue();
    assertThat(server.record()).exists();
    assertThat(server.lock()).exists();
    server.ask("close");
    awaitNothingLeft(server, child);
  }

  @Test
  void withoutASentinelItIsLeftToTheNextSweep() throws IOException {
    Server server = server("TEST_SENTINEL", "0");
    Proc child = server.launch("a", SLEEPER);
    assertThat(ProcScan.sentinelsOf(server.instanceId())).isEmpty();
    server.kill();
    assertThat(child.isRunning()).isTrue();
    assertThat(server.record()).exists();
  }

  @Test
  void whatOptedOutStays() throws IOException {
    Server server = server();
    Proc kept = processes.adopt(Long.parseLong(server.ask("kept", "k", "sleep", "300")[0]));
    Proc child = server.launch("a", SLEEPER);
    assertThat(server.ask("tracked")).containsExactly("a");
    server.kill();
    awaitNothingLeft(server, child);
    assertThat(kept.isRunning()).isTrue();
  }

  @Test
  void aRemovedRecordIsWrittenAgainBeforeTheNextLaunch() throws IOException {
    Server server = server();
    Files.delete(server.record());
    Files.delete(server.lock());
    Proc child = server.launch("a", SLEEPER);
    assertThat(server.record()).exists();
    server.kill();
    awaitNothingLeft(server, child);
  }

  @Test
  void aProcessThatEndsIsUntrackedAndWhatItLeftIsNot() throws IOException {
    Server server = server();
    server.ask("launch", "short", "sh", "-c", "(setsid sleep 300 &)");
    await("it is untracked", () -> server.ask("tracked")[0].isEmpty());
    Proc grandchild = grandchildOf(server);
    server.kill();
    awaitNothingLeft(server, grandchild);
  }
}
