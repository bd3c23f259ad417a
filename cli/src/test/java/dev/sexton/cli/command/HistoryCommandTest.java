package dev.sexton.cli.command;

import static dev.sexton.cli.StateFixture.ID;
import static dev.sexton.cli.StateFixture.NOBODY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.cli.CommandRun;
import dev.sexton.cli.CommandTestBase;
import dev.sexton.cli.Main;
import dev.sexton.cli.output.Io;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tests the history of stopped resources, as read from the journals.
@Timeout(60)
class HistoryCommandTest extends CommandTestBase {
  @Test
  void aLineHasTheKeysOfTheContract() throws Exception {
    Process session = fixture.start("sleep 60");
    fixture.dead(ID, "\"s\\u001b[1m\": %d, \"gone\": %d".formatted(session.pid(), NOBODY + 1));
    fixture.run("sweep");

    CommandRun run = fixture.run("history", "--json");

    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines()).hasSize(2); // none of kind "instance"
    JsonObject line = JsonParser.parseString(run.outLines().get(1)).getAsJsonObject();
    assertThat(line.keySet())
        .containsExactly(
            "at",
            "sweeper",
            "application",
            "instance_id",
            "kind",
            "name",
            "pid",
            "start",
            "command",
            "reason",
            "outcome",
            "millis",
            "signalled");
    assertThat(line.getAsJsonObject("sweeper").get("pid").getAsLong())
        .isEqualTo(ProcessHandle.current().pid());
    assertThat(line.getAsJsonObject("sweeper").get("command").getAsString()).contains("java");
    assertThat(line.get("instance_id").getAsString()).isEqualTo(ID);
    assertThat(line.get("pid").getAsLong()).isEqualTo(session.pid());
    assertThat(line.get("outcome").getAsString()).isEqualTo("STOPPED");
    assertThat(line.get("millis").getAsLong()).isNotNegative();
    CommandRun table = fixture.run("history");
    assertThat(table.outLines()).hasSize(3);
    assertThat(table.out()).contains("s?[1m").doesNotContain("\u001b");
  }

  /// For a tree of two processes, the line names both, and a query for either one finds it.
  @Test
  void whoEndedAProcessHasAnAnswer() throws Exception {
    Process session = fixture.start("sleep 61 & wait");
    await().until(() -> session.descendants().count() == 1);
    long child = session.descendants().findFirst().orElseThrow().pid();
    Process other = fixture.start("sleep 62");
    fixture.dead(ID, "\"s\": %d, \"o\": %d".formatted(session.pid(), other.pid()));
    fixture.run("sweep");

    CommandRun run = fixture.run("history", "--json", "--pid", Long.toString(child));

    assertThat(run.outLines()).hasSize(1);
    JsonObject line = JsonParser.parseString(run.out()).getAsJsonObject();
    assertThat(line.get("pid").getAsLong()).isEqualTo(session.pid());
    assertThat(line.get("command").getAsString()).contains("sleep 61 & wait");
    assertThat(line.get("outcome").getAsString()).isEqualTo("STOPPED");
    assertThat(line.getAsJsonArray("signalled"))
        .extracting(one -> one.getAsJsonObject().get("pid").getAsLong())
        .containsExactlyInAnyOrder(session.pid(), child);
    assertThat(line.getAsJsonArray("signalled"))
        .extracting(one -> one.getAsJsonObject().get("command").getAsString())
        .contains("sleep 61");
    assertThat(fixture.run("history", "--pid", Long.toString(child)).out())
        .contains("process " + child + " was signalled: sleep 61")
        .contains(session.pid() + " and 1 below")
        .doesNotContain("sleep 62");
    CommandRun nobody = fixture.run("history", "--pid", "1");
    assertThat(nobody.out()).isEmpty();
    assertThat(nobody.err()).contains("no entry names process 1 since").contains("--since");
    assertThat(fixture.run("history", "--pid", "x").exitCode()).isEqualTo(2);
    assertThat(fixture.run("history", "--pid", "0").exitCode()).isEqualTo(2);
  }

  @Test
  void whatAKilledSweeperHadAskedIsShownUntilItIsSettled() throws Exception {
    String signalled = "\"signalled\":[{\"pid\":4712,\"start\":5,\"command\":\"child\"}]";
    stop("2020-01-01T00:00:00Z", 7, "signal", "ASKED", signalled);

    assertThat(history("--pid", "4712")).containsExactly("ASKED");

    stop("2020-01-01T00:00:01Z", 8, "process", "STOPPED", signalled);
    assertThat(history("--pid", "4712"))
        .as("another sweeper's")
        .containsExactly("ASKED", "STOPPED");
    stop("2020-01-01T00:00:02Z", 7, "process", "KILLED", signalled);
    assertThat(history("--pid", "4712")).containsExactly("STOPPED", "KILLED");
    stop("2020-01-01T00:00:03Z", 7, "signal", "ASKED", signalled);
    assertThat(history("--pid", "4712")).containsExactly("STOPPED", "KILLED", "ASKED");
  }

  @Test
  void theLinesOfALargeTreeAreOneStop() throws Exception {
    String text = "\"part\":%d,\"parts\":2,\"signalled\":[{\"pid\":%d,\"start\":5}]";
    stop("2020-01-01T00:00:00Z", 7, "process", "STOPPED", text.formatted(1, 4711));
    stop("2020-01-01T00:00:00Z", 7, "process", "STOPPED", text.formatted(2, 4712));

    assertThat(history("--pid", "4712")).containsExactly("STOPPED");
    assertThat(history("--pid", "4711")).containsExactly("STOPPED");
    assertThat(fixture.run("history", "--since", "9999d", "--json").outLines())
        .singleElement()
        .satisfies(line ->
            assertThat(JsonParser.parseString(line).getAsJsonObject().getAsJsonArray("signalled"))
                .hasSize(2));
  }

  @Test
  void aProcessThatWasSparedIsNamed() throws Exception {
    long own = fixture.deadWithThisProcess();
    fixture.run("sweep");

    CommandRun run = fixture.run("history", "--json", "--pid", Long.toString(own));

    JsonObject line = JsonParser.parseString(run.out()).getAsJsonObject();
    assertThat(line.get("outcome").getAsString()).isEqualTo("DENIED");
    assertThat(line.get("start").getAsLong()).isPositive();
    assertThat(line.get("command").getAsString()).contains("java");
    assertThat(line.has("signalled")).isFalse();
  }

  @Test
  void aJournalThatCannotBeReadIsNoEmptyOne() throws Exception {
    Files.createDirectory(fixture.state.resolve("journal.jsonl"));

    CommandRun run = fixture.run("history");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("no journal can be read").contains("not a regular file");

    Path other = Files.createDirectories(fixture.home.resolve(".sexton/other/instances"));
    assertThat(other).exists();
    Files.createDirectories(fixture.home.resolve(".sexton/bad/instances"));
    Files.createDirectory(fixture.home.resolve(".sexton/bad/journal.1.jsonl"));
    CommandRun some = CommandRun.of(fixture.home, "history");
    assertThat(some.exitCode()).isEqualTo(1);
    assertThat(some.err()).contains("not a regular file");
  }

  private List<String> history(String... more) {
    List<String> args = new ArrayList<>(List.of("history", "--since", "9999d", "--json"));
    args.addAll(List.of(more));
    return fixture.run(args.toArray(String[]::new)).outLines().stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject().get("outcome").getAsString())
        .toList();
  }

  private void stop(String at, long sweeper, String kind, String outcome, String more)
      throws IOException {
    Files.writeString(
        fixture.state.resolve("journal.jsonl"),
        """
        {"at":"%s","sweeper":{"pid":%d,"command":"x"},"application":"mcp","instance_id":"%s",\
        "kind":"%s","name":"n","pid":4711,"reason":"r","outcome":"%s","millis":5,%s}
        """
            .formatted(at, sweeper, ID, kind, outcome, more),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  @Test
  void itLooksBackAsFarAsItIsTold() throws Exception {
    journal("journal.jsonl", "2020-01-02T00:00:00Z", "new");
    journal("journal.1.jsonl", "2020-01-01T00:00:00Z", "old");
    Files.writeString(
        fixture.state.resolve("journal.jsonl"), "{\"at\": ", StandardOpenOption.APPEND);

    assertThat(fixture.run("history").out()).isEmpty();
    assertThat(fixture.run("history").err()).startsWith("nothing was stopped since ");
    assertThat(fixture.run("history", "--since", "9999d").outLines())
        .satisfiesExactly(
            heading -> assertThat(heading).startsWith("AT"),
            old -> assertThat(old).contains("old"),
            recent -> assertThat(recent).contains("new"));
    assertThat(fixture.run("history", "--since", "9999d", "--instance", "b7710e55").outLines())
        .hasSize(3);
    assertThat(fixture.run("history", "--since", "9999d", "--instance", "c").out()).isEmpty();
  }

  @Test
  void itFollowsAlsoWhenTheJournalIsReplaced() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Io io =
        new Io(
            new PrintStream(out, false, UTF_8),
            new PrintStream(PrintStream.nullOutputStream()),
            false,
            false,
            Map.of("HOME", fixture.home.toString()));
    journal("journal.jsonl", "2020-01-01T00:00:00Z", "first");
    Thread follower =
        Thread.ofPlatform()
            .start(() ->
                Main.run(
                    io,
                    "history",
                    "-f",
                    "--json",
                    "--since",
                    "9999d",
                    "--state-dir",
                    fixture.state.toString()));
    try {
      await().until(() -> out.toString(UTF_8).contains("first"));
      journal("journal.jsonl", "2020-01-01T00:00:01Z", "second");
      Files.move(fixture.state.resolve("journal.jsonl"), fixture.state.resolve("journal.1.jsonl"));
      journal("journal.jsonl", "2020-01-01T00:00:02Z", "third");
      await().until(() -> out.toString(UTF_8).contains("third"));
    } finally {
      follower.interrupt();
      follower.join();
    }
    assertThat(out.toString(UTF_8).lines()).hasSize(3);
    assertThat(out.toString(UTF_8)).containsSubsequence("first", "second", "third");
  }

  private void journal(String file, String at, String name) throws IOException {
    Files.writeString(
        fixture.state.resolve(file),
        """
        {"at":"%s","sweeper":{"pid":1,"command":"x"},"application":"mcp","instance_id":"%s",\
        "kind":"container","name":"%s","id":"abc","reason":"r","outcome":"KILLED","millis":5}
        """
            .formatted(at, ID, name),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
