package dev.sexton.cli.command;

import static dev.sexton.cli.StateFixture.ID;
import static dev.sexton.cli.StateFixture.NOBODY;
import static dev.sexton.cli.StateFixture.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import dev.sexton.cli.CommandRun;
import dev.sexton.cli.CommandTestBase;
import dev.sexton.cli.OtherSweeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tests sweeps of real processes and their reports.
@Timeout(60)
class SweepCommandTest extends CommandTestBase {
  @Test
  void theDocumentHasTheKeysOfTheContract() throws Exception {
    Process session = fixture.start("sleep 60 & wait");
    await().until(() -> session.descendants().count() == 1);
    fixture.dead(ID, "\"my-session\": %d, \"gone\": %d".formatted(session.pid(), NOBODY + 1));

    CommandRun run = fixture.run("sweep", "--json", "--grace", "5s");

    assertThat(run.exitCode()).isZero();
    assertThat(session.waitFor()).isNotZero();
    JsonObject json = run.json();
    assertThat(json.keySet())
        .containsExactlyInAnyOrder(
            "version", "dry_run", "instances", "unclaimed", "problems", "summary");
    assertThat(json.get("dry_run").getAsBoolean()).isFalse();
    JsonObject instance = json.getAsJsonArray("instances").get(0).getAsJsonObject();
    assertThat(instance.get("instance_id").getAsString()).isEqualTo(ID);
    assertThat(instance.get("application").getAsString()).isEqualTo("deephaven-mcp");
    assertThat(instance.get("state_dir").getAsString()).isEqualTo(fixture.state.toString());
    assertThat(instance.get("pid").getAsLong()).isEqualTo(NOBODY);
    assertThat(instance.get("started_at").getAsString()).isEqualTo("2026-01-01T00:00:00.000001");
    assertThat(instance.get("liveness").getAsString()).isEqualTo("DEAD");
    assertThat(instance.get("reason").getAsString()).isNotEmpty();
    assertThat(instance.get("record").getAsString()).isEqualTo("removed");
    JsonObject stopped = resource(instance, "my-session");
    assertThat(stopped.get("kind").getAsString()).isEqualTo("process");
    assertThat(stopped.get("pid").getAsLong()).isEqualTo(session.pid());
    assertThat(stopped.getAsJsonArray("pids")).hasSize(2);
    assertThat(stopped.get("outcome").getAsString()).isEqualTo("STOPPED");
    assertThat(stopped.get("reason").getAsString()).isNotEmpty();
    assertThat(stopped.get("millis").getAsLong()).isBetween(0L, 5000L);
    assertThat(resource(instance, "gone").get("outcome").getAsString()).isEqualTo("GONE");
    JsonObject summary = json.getAsJsonObject("summary");
    assertThat(numbers(summary, "alive", "dead", "unknown", "stopped", "left"))
        .containsExactly(0L, 1L, 0L, 1L, 0L);
    assertThat(numbers(summary, "busy", "records_kept")).containsExactly(0L, 0L);
    assertThat(summary.get("done").getAsBoolean()).isTrue();
    assertThat(summary.get("millis").getAsLong()).isBetween(0L, 30_000L);
    assertThat(fixture.exists(ID + ".json")).isFalse();
  }

  @Test
  void aDryRunTouchesNothingAndIsNoFailure() throws Exception {
    Process session = fixture.start("sleep 60");
    fixture.dead(ID, "\"s\": " + session.pid());
    List<Path> before = files();

    CommandRun run = fixture.run("sweep", "--dry-run", "--json");

    assertThat(run.exitCode()).isZero();
    assertThat(session.isAlive()).isTrue();
    assertThat(files()).isEqualTo(before);
    JsonObject instance = run.json().getAsJsonArray("instances").get(0).getAsJsonObject();
    assertThat(instance.get("record").getAsString()).isEqualTo("kept");
    assertThat(resource(instance, "s").get("outcome").getAsString()).isEqualTo("WOULD_STOP");
    assertThat(run.json().getAsJsonObject("summary").get("left").getAsLong()).isZero();
    assertThat(fixture.run("sweep", "--dry-run").out())
        .contains("1 dead instance, 1 resource would be stopped; nothing was touched.");
  }

  @Test
  void aPersonReadsWhatHappened() throws Exception {
    Process session = fixture.start("sleep 60");
    Process stubborn = fixture.startStubborn();
    fixture.dead(ID, "\"a\\u001b[31m\": %d, \"b\": %d".formatted(session.pid(), stubborn.pid()));
    fixture.unknown(UNKNOWN);

    CommandRun run = fixture.run("sweep", "--grace", "1s");

    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines().getFirst())
        .isEqualTo("b7710e55  deephaven-mcp, dead: its owner, process 2000000000, is gone");
    assertThat(run.outLines().get(1)).matches("  process  a\\?\\[31m  \\d+ .*stopped +[0-9.]+ m?s");
    assertThat(run.outLines().get(2)).matches("  process  b +\\d+.*killed +[0-9.]+ m?s .*SIGTERM");
    assertThat(run.outLines().getLast())
        .matches(
            "1 dead instance swept in .* s: 2 resources stopped, nothing left\\. 1 unknown\\.");
    assertThat(run.errLines())
        .containsExactly(
            "sexton: "
                + UNKNOWN
                + " (mcp) is unknown and left alone: it runs on another host (elsewhere): sweep"
                + " there");
    assertThat(fixture.run("sweep", "-q").err()).isEmpty();
  }

  @Test
  void whatIsLeftIsExitCodeOne() throws Exception {
    fixture.deadWithThisProcess();

    CommandRun run = fixture.run("sweep", "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    JsonObject instance = run.json().getAsJsonArray("instances").get(0).getAsJsonObject();
    assertThat(instance.get("record").getAsString()).isEqualTo("kept");
    assertThat(resource(instance, "us").get("outcome").getAsString()).isEqualTo("DENIED");
    assertThat(run.json().getAsJsonObject("summary").get("left").getAsLong()).isEqualTo(1);
    assertThat(fixture.run("sweep", "--dry-run").exitCode()).isEqualTo(1);
    assertThat(fixture.run("sweep").out()).contains("1 left; the next sweep will try again.");
    JsonObject listed =
        fixture.run("list", "--json").json().getAsJsonArray("instances").get(0).getAsJsonObject();
    assertThat(listed.getAsJsonObject("tombstone").get("attempts").getAsLong()).isEqualTo(2);
    assertThat(listed.getAsJsonObject("tombstone").get("last_error").getAsString()).contains("us");
    assertThat(fixture.run("list").out()).contains("2 sweeps could not finish: us: ");
    assertThat(fixture.run("doctor").out()).contains("could not be finished in 2 sweeps");
  }

  /// Another program holds the sweeper's byte and is suspended. Success must not be reported.
  @Test
  void whatAnotherSweeperIsAtIsNotDone() throws Exception {
    fixture.dead(ID, "");
    try (OtherSweeper other = OtherSweeper.at(fixture.lockOf(ID))) {
      other.stop();

      CommandRun run = fixture.run("sweep", "--json", "--grace", "0s");

      assertThat(run.exitCode()).isEqualTo(1);
      JsonObject summary = run.json().getAsJsonObject("summary");
      assertThat(numbers(summary, "dead", "left", "busy", "records_kept"))
          .containsExactly(1L, 0L, 1L, 0L);
      assertThat(summary.get("done").getAsBoolean()).isFalse();
      JsonObject instance = run.json().getAsJsonArray("instances").get(0).getAsJsonObject();
      assertThat(instance.get("busy").getAsBoolean()).isTrue();
      assertThat(instance.get("reason").getAsString())
          .contains("another sweeper is working on it: process " + other.pid())
          .contains("kill -CONT " + other.pid());
      assertThat(fixture.exists(ID + ".json")).isTrue();
    }
  }

  @Test
  void aDirectoryThatCannotBeUsedIsNotDone() throws Exception {
    Files.createDirectories(fixture.home.resolve(".sexton/good/instances"));
    Path bad = Files.createDirectories(fixture.home.resolve(".sexton/bad/instances"));
    Files.setPosixFilePermissions(bad, PosixFilePermissions.fromString("rwxrwxrwx"));

    for (String command : List.of("sweep", "list")) {
      CommandRun run = CommandRun.of(fixture.home, command);
      assertThat(run.exitCode()).as(command).isEqualTo(1);
      assertThat(run.err()).contains("can be written by everyone");
    }
    assertThat(CommandRun.of(fixture.home, "sweep", "--app", "good").exitCode()).isZero();
    assertThat(CommandRun.of(fixture.home, "sweep", "--app", "bad").exitCode()).isEqualTo(3);
  }

  @Test
  void aJournalThatCannotBeWrittenDoesNotMakeTheDirectoryUseless() throws Exception {
    Files.createDirectory(fixture.state.resolve("journal.jsonl"));
    fixture.dead(ID, "");

    CommandRun run = fixture.run("sweep");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("the journal cannot be written");
    assertThat(fixture.exists(ID + ".json")).isFalse();
  }

  @Test
  void anInstanceThatHasNoRecordIsDoneAndSaid() throws Exception {
    CommandRun run = fixture.run("sweep", "--instance", ID);

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("no record of instance " + ID);
    assertThat(fixture.run("sweep", "--instance", "x".repeat(36)).exitCode()).isEqualTo(2);
  }

  @Test
  void theUnknownIsLeftAloneUnlessItIsNamedAndAssumedDead() throws Exception {
    fixture.unknown(UNKNOWN);

    assertThat(fixture.run("sweep").exitCode()).isZero();
    assertThat(fixture.exists(UNKNOWN + ".json")).isTrue();
    CommandRun run = fixture.run("sweep", "--instance", "c01d2f9a", "--assume-dead");
    assertThat(run.exitCode()).isZero();
    assertThat(fixture.exists(UNKNOWN + ".json")).isFalse();
  }

  @Test
  void aShortNameThatFitsTwoFitsNone() throws Exception {
    fixture.unknown(UNKNOWN);
    fixture.unknown("c01d2f9a-0000-4000-8000-000000000003");

    CommandRun run = fixture.run("sweep", "--instance", "c01d2f9a", "--assume-dead");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("names several instances");
    assertThat(fixture.run("sweep", "--instance", "c01d2f9", "--assume-dead").exitCode())
        .isEqualTo(2);
    assertThat(files()).hasSize(2);
  }

  @Test
  void onATerminalALineSaysWhatItWaitsFor() throws Exception {
    Process stubborn = fixture.startStubborn();
    fixture.dead(ID, "\"s\": " + stubborn.pid());

    CommandRun run = fixture.runOnTerminal("sweep", "--grace", "1s");

    assertThat(run.err()).contains("waiting for ").endsWith("\r\u001b[K");
    assertThat(run.out()).contains("\u001b[33mkilled\u001b[0m");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(fixture.state)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static List<Long> numbers(JsonObject json, String... keys) {
    return Stream.of(keys).map(key -> json.get(key).getAsLong()).toList();
  }
}
