package dev.sexton.internal.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sexton.testsupport.Gate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Tests how this process's own `/proc`, clock and identity are told apart from those of others.
class NamespacesTest {
  private static final long TICKS = 100;

  @Test
  void procIsOursIfItShowsOneIdAndThatIsOurs() {
    assertThat(OwnProc.isOwn(42, "42", new long[] {42})).isTrue();
    assertThat(OwnProc.isOwn(42, "42", new long[0])).as("an old kernel").isTrue();
  }

  @Test
  void procOfAnotherNamespaceIsNotOurs() {
    assertThat(OwnProc.isOwn(42, null, new long[0])).as("dangles").isFalse();
    assertThat(OwnProc.isOwn(42, "4711", new long[] {4711, 42})).isFalse();
    assertThat(OwnProc.isOwn(42, "42", new long[] {42, 42})).as("the same ID by chance").isFalse();
  }

  @Test
  void offsetsAreTakenInWholeTicks() {
    assertThat(offset("boottime 100000 0")).isEqualTo(100_000 * TICKS);
    assertThat(offset("boottime -7 0")).isEqualTo(-7 * TICKS);
    assertThat(offset("boottime 1 20000000")).isEqualTo(TICKS + 2);
    assertThat(offset("boottime 1 1")).isEqualTo(TimeNamespace.UNREADABLE);
    assertThat(offset("monotonic 1 0")).isEqualTo(TimeNamespace.UNREADABLE);
    assertThat(offset("boottime x 0")).isEqualTo(TimeNamespace.UNREADABLE);
    assertThat(offset("boottime 9223372036854775807 0")).isEqualTo(TimeNamespace.UNREADABLE);
  }

  private static long offset(String line) {
    return TimeNamespace.offset("time:[1]", "time:[1]", "monotonic 5 0\n" + line, TICKS);
  }

  @Test
  void offsetsOfTheNextChildAreNotThisProcesses() {
    String offsets = "boottime 5 0";
    assertThat(TimeNamespace.offset("time:[1]", "time:[2]", offsets, TICKS))
        .isEqualTo(TimeNamespace.UNREADABLE);
    assertThat(TimeNamespace.offset(null, "time:[2]", offsets, TICKS))
        .isEqualTo(TimeNamespace.UNREADABLE);
  }

  @Test
  void uptimeOfAContainerIsNotTheClockOfStartTimes() {
    assertThat(LinuxClock.agrees(100, 100, 101)).isTrue();
    assertThat(LinuxClock.agrees(101, 100, 102)).as("rounded").isTrue();
    assertThat(LinuxClock.agrees(50, 100, 51)).isFalse();
    assertThat(LinuxClock.agrees(-1, 100, 101)).as("unreadable").isFalse();
    assertThat(LinuxClock.agrees(100, 101, -1)).as("unreadable").isFalse();
  }

  @Test
  void unreadablePartsCompareWithNothing() {
    Machine machine = machine("h", "b", "n");
    assertThat(machine.isComparableTo(machine("h", "b", "n"))).isTrue();
    assertThat(machine.sharesClock(machine("h", "b", "other"))).isTrue();
    assertThat(machine("", "b", "n").isComparableTo(machine("", "b", "n"))).isFalse();
    assertThat(machine("h", "", "n").isComparableTo(machine("h", "", "n"))).isFalse();
    assertThat(machine("h", "b", "").isComparableTo(machine("h", "b", ""))).isFalse();
    assertThat(machine("h", "", "n").sharesClock(machine("h", "", "n"))).isFalse();
    Machine portable = new Machine("", "", "", StartUnit.MILLIS);
    assertThat(portable.isComparableTo(new Machine("", "", "", StartUnit.MILLIS))).isTrue();
    assertThat(portable.isComparableTo(machine("", "", ""))).isFalse();
  }

  private static Machine machine(String host, String boot, String namespace) {
    return new Machine(host, boot, namespace, StartUnit.TICKS);
  }

  @Test
  void theClockIsThatOfStartTimes() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/thread-self/stat")), "Linux");
    LinuxProcessTable table = new LinuxProcessTable(false);
    long before = table.now().value();
    Process child = new ProcessBuilder("sleep", "60").start();
    try {
      assertThat(table.find(child.pid())).isInstanceOf(ProcessLookup.Present.class);
      long start = ((ProcessLookup.Present) table.find(child.pid())).process().start().value();
      assertThat(start).isBetween(before, table.now().value());
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  /// Compares the same process as seen from inside and outside a time namespace.
  @Gate("needs root")
  @Test
  void aStartTimeIsTheSameFromATimeNamespace() throws Exception {
    assumeTrue(
        new ProcessBuilder("unshare", "--time", "--boottime", "5000", "true")
                .redirectErrorStream(true)
                .start()
                .waitFor()
            == 0,
        "time namespaces, and root");
    LinuxProcessTable table = new LinuxProcessTable(false);
    Process child = new ProcessBuilder("sleep", "60").start();
    try {
      String own = Files.readString(Path.of("/proc/" + child.pid() + "/stat"));
      Process reader =
          new ProcessBuilder(
                  "unshare",
                  "--time",
                  "--boottime",
                  "5000",
                  "--fork",
                  "cat",
                  "/proc/" + child.pid() + "/stat",
                  "/proc/self/timens_offsets")
              .start();
      byte[] shown = reader.getInputStream().readAllBytes();
      assertThat(reader.waitFor(30, TimeUnit.SECONDS)).isTrue();
      ProcessInfo shifted = StatLine.parse(shown, new String(shown, US_ASCII).indexOf('\n'));
      long offset =
          TimeNamespace.offset(
              "t", "t", new String(shown, US_ASCII), LinuxMachine.ticksPerSecond());
      ProcessInfo ours = StatLine.parse(own.getBytes(US_ASCII), own.length());

      assertThat(shifted).isNotNull();
      assertThat(ours).isNotNull();
      assertThat(shifted.start()).isNotEqualTo(ours.start());
      assertThat(shifted.startedEarlier(offset).start()).isEqualTo(ours.start());
      assertThat(table.find(child.pid())).isEqualTo(new ProcessLookup.Present(ours));
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  @Gate("needs root")
  @Test
  void aNamespaceIsEmptyOnlyOnceItsFirstProcessHasEnded() throws Exception {
    LinuxProcessTable table = new LinuxProcessTable(false);
    assumeTrue(
        table.seesWholeMachine() && "root".equals(System.getProperty("user.name")),
        "root of the machine");
    Process sandbox =
        new ProcessBuilder(
                "unshare", "--pid", "--fork", "--kill-child", "sh", "-c", "echo; sleep 60")
            .start();
    try {
      sandbox.getInputStream().read();
      long first = sandbox.children().findFirst().orElseThrow().pid();
      String namespace = Files.readSymbolicLink(Path.of("/proc/" + first + "/ns/pid")).toString();
      ProcessInfo init = ((ProcessLookup.Present) table.find(first)).process();
      ProcessIdentity inside =
          new ProcessIdentity(new Machine("h", "b", namespace, StartUnit.TICKS), 1, init.start());

      assertThat(table.namespaceIsEmpty(namespace, table.now())).isFalse();
      assertThat(table.namespaceIsEmpty(namespace, init.start().plus(-1)))
          .as("an earlier one")
          .isTrue();
      assertThat(table.seesNested(inside)).isTrue();
      assertThat(table.seesNested(new ProcessIdentity(inside.machine(), 7, init.start())))
          .isFalse();

      sandbox.destroyForcibly().waitFor();
      org.awaitility.Awaitility.await().until(() -> table.namespaceIsEmpty(namespace, table.now()));
      assertThat(table.seesNested(inside)).isFalse();
    } finally {
      sandbox.destroyForcibly().waitFor();
    }
  }
}
