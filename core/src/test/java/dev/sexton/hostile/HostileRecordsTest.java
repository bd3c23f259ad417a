package dev.sexton.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.sweep.JournalReader;
import dev.sexton.testsupport.Gate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Readable records that name resources they must not reach.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileRecordsTest extends DeadInstancesTestBase {
  private static final String ID = "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11";
  private static final String LONG_AGO = "2000-01-01T00:00:00Z";
  private static final long NOBODY = 65534;

  /// Returns a record in the original's form.
  private String record(String owner, String processes, String others) {
    return record(owner, processes, others, LONG_AGO);
  }

  private static String record(String owner, String processes, String others, String startedAt) {
    return "{\"instance_id\": \""
        + ID
        + "\", \"pid\": "
        + owner
        + ", \"started_at\": \""
        + startedAt
        + "\", \"python_processes\": {"
        + processes
        + "}"
        + others
        + "}";
  }

  private Path write(String content) throws IOException {
    return Files.writeString(graveyard.file(ID + ".json"), content);
  }

  private String deadOwner() throws IOException {
    return Long.toString(graveyard.dead().pid());
  }

  private InstanceReport sweepBesideOthers() throws IOException {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    DeadInstancesFixture.Instance live = graveyard.liveInstance();
    SweepReport report = graveyard.sweep();
    assertThat(graveyard.processes().violations()).isEmpty();
    assertThat(report.problems()).isEmpty();
    assertThat(DeadInstancesFixture.of(report, dead.id()).record())
        .as("%s", report)
        .isEqualTo(RecordFate.REMOVED);
    DeadInstancesFixture.awaitGone(dead.child());
    assertThat(DeadInstancesFixture.of(report, live.id()).liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(live.owner().isAlive()).isTrue();
    assertThat(live.child().isAlive()).isTrue();
    return DeadInstancesFixture.of(report, ID);
  }

  static Stream<String> noProcessIds() {
    return Stream.of(
        "-1",
        "0",
        "-0",
        "-2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551617",
        "1.5",
        "2.0",
        "1e3",
        "1E400",
        "\"1234\"",
        "\"\"",
        "\"-1\"",
        "null",
        "true",
        "[]",
        "[1]",
        "{}",
        "{\"pid\":1}");
  }

  @ParameterizedTest
  @MethodSource("noProcessIds")
  void whatIsNoProcessIdReachesNothing(String value) throws IOException {
    Process orphan = graveyard.sleeper();
    write(
        record(
            deadOwner(), "\"bad\": " + value + ", \"good\": " + orphan.pid(), ", \"x\": " + value));

    InstanceReport report = sweepBesideOthers();

    assertThat(report.record()).isEqualTo(RecordFate.REMOVED);
    assertThat(report.resources())
        .filteredOn(resource -> resource.name().equals("bad"))
        .singleElement()
        .satisfies(bad -> {
          assertThat(bad.outcome()).isEqualTo(Outcome.RECYCLED);
          assertThat(bad.reason()).isEqualTo(value + " is not a PID");
        });
    DeadInstancesFixture.awaitGone(orphan);
    assertThat(JournalReader.read(graveyard.directory()))
        .as("what was refused is written down before the record goes")
        .anySatisfy(line ->
            assertThat(line.get("reason").getAsString()).isEqualTo(value + " is not a PID"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+999999999-12-31T23:59:59.999999999Z",
        "-999999999-01-01T00:00:00",
        "0000-01-01T00:00:00",
        "9999-12-31T23:59:59Z",
        "yesterday"
      })
  void impossibleStartHarmsNobodyElse(String startedAt) throws IOException {
    write(record(deadOwner(), "", "", startedAt));
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    DeadInstancesFixture.Instance live = graveyard.liveInstance();

    SweepReport report = graveyard.sweepOnly(Set.of(ID, dead.id(), live.id()));

    assertThat(DeadInstancesFixture.of(report, dead.id()).record()).isEqualTo(RecordFate.REMOVED);
    DeadInstancesFixture.awaitGone(dead.child());
    assertThat(DeadInstancesFixture.of(report, live.id()).liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(live.child().isAlive()).isTrue();
    assertThat(DeadInstancesFixture.of(report, ID).resources()).isEmpty();
  }

  static Stream<Long> protectedPids() {
    List<Long> pids = new ArrayList<>(List.of(1L));
    ProcessHandle handle = ProcessHandle.current();
    pids.add(handle.pid());
    while (handle.parent().isPresent()) {
      handle = handle.parent().get();
      pids.add(handle.pid());
    }
    return pids.stream().distinct();
  }

  @ParameterizedTest
  @MethodSource("protectedPids")
  void theSweepItselfAndItsAncestorsAreNeverSignalledAsSessions(long pid) throws IOException {
    Process orphan = graveyard.sleeper();
    write(record(deadOwner(), "\"bad\": " + pid + ", \"good\": " + orphan.pid(), ""));

    InstanceReport report = sweepBesideOthers();

    assertThat(report.resources())
        .filteredOn(resource -> resource.name().equals("bad"))
        .singleElement()
        .satisfies(bad -> {
          assertThat(bad.outcome()).isEqualTo(Outcome.DENIED);
          assertThat(bad.reason())
              .isEqualTo("it is this sweep itself, one of its ancestors, or a system process");
        });
    assertThat(report.record()).isEqualTo(RecordFate.KEPT);
    DeadInstancesFixture.awaitGone(orphan);
    graveyard.sweep();
    assertThat(graveyard.processes().violations()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("protectedPids")
  void theSweepItselfAndItsAncestorsAreNeverSignalledWithTheirIdentityKnown(long pid)
      throws IOException {
    long start = graveyard.identity(pid).start().value();
    write(
        record(
            deadOwner(),
            "\"bad\": " + pid,
            ", \"processes\": {\"bad\": {\"pid\": "
                + pid
                + ", \"start\": "
                + start
                + ", "
                + machine()
                + "}}"));

    assertThat(sweepBesideOthers().resources())
        .extracting(ResourceReport::outcome)
        .containsExactly(Outcome.DENIED);
  }

  @ParameterizedTest
  @MethodSource("protectedPids")
  void theSweepItselfAndItsAncestorsAreNeverSignalledAsOwners(long pid) throws IOException {
    write(record(Long.toString(pid), "", ""));
    sweepBesideOthers();
  }

  @Test
  void allPidsAtOnce() throws IOException {
    StringBuilder processes = new StringBuilder("\"x\": 1");
    for (int pid = 2; pid <= 40_000; pid++) {
      processes.append(", \"").append(pid).append("\": ").append(pid);
    }
    write(record(deadOwner(), processes.toString(), ""));
    Process stranger = graveyard.unguarded("sleep", "900");

    graveyard.sweep();

    // A record in the original's form can name anything that is not older than its instance. The
    // guard keeps this one away from the machine's processes, and the sweep itself stays within the
    // remaining limits.
    assertThat(graveyard.processes().violations())
        .noneMatch(
            violation -> protectedPids().anyMatch(pid -> violation.contains("[pid=" + pid + ",")));
    assertThat(stranger.isAlive()).isTrue();
  }

  private String machine() {
    var machine = graveyard.processes().machine();
    return "\"host\": \"%s\", \"boot\": \"%s\", \"pid_namespace\": \"%s\", \"unit\": \"ticks\""
        .formatted(machine.host(), machine.boot(), machine.pidNamespace());
  }

  @Test
  void theLargestProcessIdsAreSimplyNotThere() throws IOException {
    write(record("2147483648", "\"a\": 4294967295", ""));
    InstanceReport report = sweepBesideOthers();
    assertThat(report.liveness()).isEqualTo(Liveness.DEAD);
    assertThat(report.reason()).isEqualTo("its owner, process 2147483648, is gone");
    assertThat(report.resources())
        .extracting(ResourceReport::outcome)
        .containsExactly(Outcome.GONE);
  }

  static Stream<String> names() {
    return Stream.of(
        "",
        " ",
        "two\nlines",
        "carriage\rreturn",
        "\u001b[2J\u001b]0;owned\u0007",
        "nul\0within",
        "../../../etc/passwd",
        "(marked)",
        "(session)",
        "\"quoted\"",
        "back\\slash",
        "{\"at\": \"x\"}",
        "<script>",
        "\u2028\u2029",
        "\uFFFF",
        "\uD83D\uDE80",
        "__proto__",
        "instance_id",
        "m".repeat(1 << 20));
  }

  @ParameterizedTest
  @MethodSource("names")
  void aSessionMayHaveAnyName(String name) throws IOException {
    Process orphan = graveyard.sleeper();
    String quoted = escaped(name);
    write(record(deadOwner(), quoted + ": " + orphan.pid() + ", \"self\": 1", ""));

    InstanceReport first = sweepBesideOthers();

    DeadInstancesFixture.awaitGone(orphan);
    assertThat(first.resources()).extracting(ResourceReport::name).contains(name);
    assertThat(first.record()).as("process 1 is left").isEqualTo(RecordFate.KEPT);
    List<JsonObject> lines = JournalReader.read(graveyard.directory());
    assertThat(lines).hasSize(Files.readAllLines(journal()).size());

    SweepReport again = graveyard.sweep();
    assertThat(again.problems()).isEmpty();
    assertThat(DeadInstancesFixture.of(again, ID).resources())
        .extracting(ResourceReport::name)
        .containsExactly("self");
  }

  private Path journal() {
    return graveyard.directory().path().resolve("journal.jsonl");
  }

  /// Returns a JSON string that contains only ASCII characters.
  private static String escaped(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\' || c < ' ' || c > '~') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2", "99", "2147483647", "2147483648", "9223372036854775808", "1e9", "2.5"})
  void aNewerSchemaIsLeftAlone(String schema) throws IOException {
    Process session = graveyard.unguarded("sleep", "900");
    write(record(deadOwner(), "\"a\": " + session.pid(), ", \"schema\": " + schema));
    InstanceReport report = sweepBesideOthers();
    assertThat(report.liveness()).isEqualTo(Liveness.UNKNOWN);
    assertThat(report.record()).isEqualTo(RecordFate.KEPT);
    assertThat(report.reason())
        .isEqualTo(
            "its record has schema "
                + (schema.length() > 2 ? "2147483647" : schema)
                + ", which is newer than this version of sexton supports: update sexton");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "\"2\"", "\"next\"", "true", "[]", "{}"})
  void aSchemaThatIsNoNumberIsLeftAlone(String schema) throws IOException {
    Process session = graveyard.unguarded("sleep", "900");
    write(record(deadOwner(), "\"a\": " + session.pid(), ", \"schema\": " + schema));
    assertThat(sweepBesideOthers().liveness()).isEqualTo(Liveness.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"owner\": null",
        "\"owner\": []",
        "\"owner\": {}",
        "\"owner\": {\"pid\": 1}",
        "\"processes\": null",
        "\"processes\": {\"a\": null}",
        "\"processes\": {\"a\": {\"pid\": 1, \"start\": 0}}",
        "\"sweep\": {\"attempts\": -5, \"last_error\": [], \"record_written_at\": \"never\"}",
        "\"containers\": \"yes\"",
        "\"application\": 5",
        "\"application\": null",
        "\"name\": {}",
        "\"started_units\": \"x\", \"written_units\": 1e99",
      })
  void whatWeAddMayBeNonsenseAndIsThenAsGoodAsAbsent(String nonsense) throws IOException {
    Process orphan = graveyard.sleeper();
    write(record(deadOwner(), "\"a\": " + orphan.pid(), ", " + nonsense));
    InstanceReport report = sweepBesideOthers();
    assertThat(report.liveness()).isEqualTo(Liveness.DEAD);
    assertThat(report.record()).isEqualTo(RecordFate.REMOVED);
    DeadInstancesFixture.awaitGone(orphan);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "state", "instances"})
  void whatEverybodyCanWriteIsReportedAndNotObeyed(String which) throws IOException {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    Path open =
        switch (which) {
          case "state" -> graveyard.directory().path();
          case "instances" -> graveyard.file("").normalize();
          default -> graveyard.file(dead.id() + ".json");
        };
    String before = PosixFilePermissions.toString(Files.getPosixFilePermissions(open));
    Files.setPosixFilePermissions(
        open, PosixFilePermissions.fromString(before.substring(0, 6) + "-w-"));

    SweepReport report = graveyard.sweep();

    assertThat(report.instances()).isEmpty();
    assertThat(report.problems())
        .containsExactly(
            which.isEmpty()
                ? new Problem(
                    open, "can be written by others, so it is ignored: chmod go-w it, or remove it")
                : new Problem(
                    graveyard.directory().path(),
                    open
                        + " can be written by everyone, so everything in it is ignored: chmod o-w "
                        + open));
    assertThat(dead.child().isAlive()).isTrue();
    assertThat(graveyard.processes().sent()).isEmpty();

    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(before));
    assertThat(DeadInstancesFixture.of(graveyard.sweep(), dead.id()).record())
        .isEqualTo(RecordFate.REMOVED);
  }

  @Test
  void whatItsGroupCanWriteIsObeyed() throws IOException {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    var group = PosixFilePermissions.fromString("rwxrwxr-x");
    Files.setPosixFilePermissions(graveyard.directory().path(), group);
    Files.setPosixFilePermissions(graveyard.file(""), group);
    Files.setPosixFilePermissions(
        graveyard.file(dead.id() + ".json"), PosixFilePermissions.fromString("rw-rw-r--"));

    assertThat(DeadInstancesFixture.of(graveyard.sweep(), dead.id()).record())
        .isEqualTo(RecordFate.REMOVED);
    DeadInstancesFixture.awaitGone(dead.child());
  }

  @Gate("needs root")
  @Test
  void aRecordReachesNoFurtherThanTheUserWhoseFileItIs() throws IOException {
    assumeTrue(ProcessHandle.current().info().user().orElse("").equals("root"), "needs chown");
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    Process strangers = dead.child();
    Path file = graveyard.file(dead.id() + ".json");
    Files.setAttribute(file, "unix:uid", (int) NOBODY);
    Files.setAttribute(file, "unix:gid", (int) NOBODY);

    for (int sweep = 0; sweep < 3; sweep++) {
      InstanceReport report = DeadInstancesFixture.of(graveyard.sweep(), dead.id());
      assertThat(report.resources())
          .singleElement()
          .satisfies(resource -> {
            assertThat(resource.outcome()).isEqualTo(Outcome.DENIED);
            assertThat(resource.reason()).isEqualTo("it is another user's process");
          });
      assertThat(strangers.isAlive()).isTrue();
      // A tombstone that root writes must not give the record a claim to root's processes.
      assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo((int) NOBODY);
      assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo((int) NOBODY);
    }
    assertThat(graveyard.processes().sent()).isEmpty();
  }

  @Gate("needs root")
  @Test
  void aProcessOfTheRecordsUserIsStoppedByRoot() throws IOException {
    assumeTrue(ProcessHandle.current().info().user().orElse("").equals("root"), "needs chown");
    Process orphan = graveyard.spawn("setpriv", "--reuid=65534", "--clear-groups", "sleep", "900");
    write(record(deadOwner(), "\"a\": " + orphan.pid(), ""));
    Path file = graveyard.file(ID + ".json");
    Files.setAttribute(file, "unix:uid", (int) NOBODY);
    org.awaitility.Awaitility.await()
        .until(() ->
            Files.readString(Path.of("/proc/" + orphan.pid() + "/status")).contains("Uid:\t65534"));

    assertThat(DeadInstancesFixture.of(graveyard.sweep(), ID).record())
        .isEqualTo(RecordFate.REMOVED);
    DeadInstancesFixture.awaitGone(orphan);
  }

  @Test
  void theInstanceIdIsNotTakenFromAnotherInstancesFile() throws IOException {
    DeadInstancesFixture.Instance live = graveyard.liveInstance();
    JsonObject copy =
        com.google.gson.JsonParser.parseString(
                Files.readString(graveyard.file(live.id() + ".json")))
            .getAsJsonObject();
    copy.add("pid", new JsonPrimitive(graveyard.dead().pid()));
    copy.remove("owner");
    write(copy.toString());

    SweepReport report = graveyard.sweep();

    assertThat(report.problems())
        .extracting(Problem::problem)
        .containsExactly(
            graveyard.file(ID + ".json")
                + ": key \"instance_id\" is not the UUID in the file's name");
    assertThat(live.child().isAlive()).isTrue();
    assertThat(graveyard.processes().violations()).isEmpty();
  }
}
