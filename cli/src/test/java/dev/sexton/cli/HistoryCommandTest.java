package dev.sexton.cli;

import static dev.sexton.cli.StateFixture.ID;
import static dev.sexton.cli.StateFixture.NOBODY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was stopped, by the journals. */
@Timeout(60)
class HistoryCommandTest {
  @TempDir Path directory;
  private StateFixture fixture;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new StateFixture(directory);
  }

  @AfterEach
  void cleanUp() {
    fixture.close();
  }

  @Test
  void aLineHasTheKeysOfTheContract() throws Exception {
    Process session = fixture.start("sleep 60");
    fixture.dead(ID, "\"s\\u001b[1m\": %d, \"gone\": %d".formatted(session.pid(), NOBODY + 1));
    fixture.run("sweep");

    CommandRun run = fixture.run("history", "--json");

    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines()).hasSize(2); // and none of kind "instance"
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
            "reason",
            "outcome",
            "millis");
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

  @Test
  void aLineThatIsBeingWrittenWaitsForItsEnd() throws Exception {
    JournalTail tail = new JournalTail(fixture.state);
    Path journal = fixture.state.resolve("journal.jsonl");

    assertThat(tail.read()).isEmpty();
    Files.writeString(journal, "one\ntw");
    assertThat(tail.read()).containsExactly("one");
    Files.writeString(journal, "o\n", StandardOpenOption.APPEND);
    assertThat(tail.read()).containsExactly("two");
    assertThat(tail.read()).isEmpty();
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
