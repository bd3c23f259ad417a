package dev.sexton.cli.command;

import static dev.sexton.cli.StateFixture.ID;
import static dev.sexton.cli.StateFixture.NOBODY;
import static dev.sexton.cli.StateFixture.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.sexton.InstanceTracker;
import dev.sexton.cli.CommandRun;
import dev.sexton.cli.CommandTestBase;
import dev.sexton.testsupport.Proc;
import java.nio.file.attribute.PosixFilePermissions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tests the lists of instances.
@Timeout(60)
class ListCommandTest extends CommandTestBase {
  @Test
  void theDocumentHasTheKeysOfTheContract() throws Exception {
    Process session = fixture.start("sleep 60 & wait");
    Process later = fixture.start("sleep 60");
    fixture.dead(
        ID,
        "\"s\": %d, \"gone\": %d, \"bad\": \"x\", \"one\": 1".formatted(session.pid(), NOBODY + 1));

    CommandRun run = fixture.run("list", "--json");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    JsonObject json = run.json();
    assertThat(json.keySet()).contains("version", "instances", "unclaimed", "problems");
    JsonObject instance = json.getAsJsonArray("instances").get(0).getAsJsonObject();
    assertThat(instance.get("instance_id").getAsString()).isEqualTo(ID);
    assertThat(instance.get("application").getAsString()).isEqualTo("deephaven-mcp");
    assertThat(instance.get("state_dir").getAsString()).isEqualTo(fixture.state.toString());
    assertThat(instance.get("pid").getAsLong()).isEqualTo(NOBODY);
    assertThat(instance.get("started_at").getAsString()).isNotEmpty();
    assertThat(instance.get("liveness").getAsString()).isEqualTo("DEAD");
    assertThat(instance.get("reason").getAsString()).isNotEmpty();
    assertThat(instance.get("name").getAsString()).isEmpty();
    assertThat(instance.get("command").getAsString()).isEmpty();
    assertThat(instance.get("tombstone").isJsonNull()).isTrue();
    assertThat(resource(instance, "s").get("kind").getAsString()).isEqualTo("process");
    assertThat(resource(instance, "s").get("pid").getAsLong()).isEqualTo(session.pid());
    assertThat(resource(instance, "s").get("state").getAsString()).isEqualTo("running");
    assertThat(resource(instance, "s").get("rss_bytes").getAsLong()).isPositive();
    assertThat(resource(instance, "gone").get("state").getAsString()).isEqualTo("gone");
    assertThat(resource(instance, "bad").get("state").getAsString()).isEqualTo("recycled");
    assertThat(session.isAlive()).isTrue();
    assertThat(later.isAlive()).isTrue();
    assertThat(fixture.exists(ID + ".json")).isTrue();
  }

  @Test
  void aLiveInstanceShowsWhatItHolds() throws Exception {
    Process session = fixture.start("sleep 60 & wait");
    awaitLaterTickThanStartOf(session);
    try (InstanceTracker tracker =
        InstanceTracker.builder()
            .application("mcp")
            .name("github")
            .stateDirectory(fixture.state)
            .sweepOnRegister(false)
            .sentinel(false)
            .register()) {
      Process tracked = fixture.start("sleep 60");
      tracker.trackProcess("own", tracked.pid());
      tracker.trackProcess("older", session.pid());
      tracker.flush();

      JsonObject instance =
          fixture.run("list", "--json").json().getAsJsonArray("instances").get(0).getAsJsonObject();
      assertThat(instance.get("liveness").getAsString()).isEqualTo("ALIVE");
      assertThat(instance.get("name").getAsString()).isEqualTo("github");
      assertThat(instance.get("command").getAsString()).contains("java");
      assertThat(resource(instance, "own").get("state").getAsString()).isEqualTo("running");
      assertThat(resource(instance, "older").get("state").getAsString()).isEqualTo("recycled");
      assertThat(fixture.run("list").out()).contains("github").contains("alive  1 process");
      tracker.untrackProcess("own");
      tracker.untrackProcess("older");
    }
  }

  /// Start times count ticks of 10 ms.
  ///
  /// Within one tick, no process is older than another.
  private void awaitLaterTickThanStartOf(Process process) {
    long start = Proc.of(process.pid()).start();
    Awaitility.await().until(() -> Proc.of(fixture.start("sleep 60").pid()).start() > start);
  }

  @Test
  void aPersonSeesATableAndWhatToDo() throws Exception {
    fixture.write(
        ID + ".json",
        """
        {"instance_id": "%s", "pid": %d, "started_at": "2020-01-01T00:00:00Z",
         "name": "a\\nvery\\u202e long name that goes on and on", "python_processes": {}}
        """
            .formatted(ID, NOBODY));
    fixture.unknown(UNKNOWN);

    CommandRun run = fixture.run("list");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().replaceAll(" \\d+d ", " 1d "))
        .isEqualTo(
            """
            INSTANCE  APPLICATION    NAME                                   OWNER       AGE    STATE    HOLDS  MEMORY
            b7710e55  deephaven-mcp  a?very? long name that goes on and on  2000000000  1d  dead
                      its owner, process 2000000000, is gone
            c01d2f9a  mcp            far                                    512         1d   unknown
                      it runs on another host (elsewhere): sweep there
            """);
    assertThat(run.errLines())
        .containsExactly(
            "1 dead: `sexton sweep` would clean up",
            "1 unknown: left alone; `sexton sweep --instance UUID --assume-dead` if you know that"
                + " one is dead");
    assertThat(fixture.run("list", "-q").err()).isEmpty();
  }

  @Test
  void colourIsForTerminalsThatWantIt() throws Exception {
    fixture.dead(ID, "");

    assertThat(fixture.runOnTerminal("list").out()).contains("\u001b[31mdead\u001b[0m");
    assertThat(
            CommandRun.of(
                    fixture.home,
                    java.util.Map.of("NO_COLOR", "1", "SEXTON_STATE_DIR", fixture.state.toString()),
                    true,
                    "list")
                .out())
        .contains("dead")
        .doesNotContain("\u001b");
  }

  @Test
  void whatCannotBeReadIsAProblem() throws Exception {
    fixture.write("ee1d2f9a-0000-4000-8000-000000000003.json", "{");
    fixture.write(ID + ".json", "{\"instance_id\": \"" + ID + "\"}");

    JsonObject json = fixture.run("list", "--json").json();

    assertThat(json.getAsJsonArray("instances")).isEmpty();
    assertThat(json.getAsJsonArray("problems")).hasSize(2);
    JsonObject problem = json.getAsJsonArray("problems").get(0).getAsJsonObject();
    assertThat(problem.get("path").getAsString()).startsWith(fixture.state.toString());
    assertThat(problem.get("problem").getAsString()).isNotEmpty();
    assertThat(fixture.run("list").errLines()).hasSize(3);
  }

  @Test
  void aDirectoryThatEverybodyCanWriteIsNotObeyed() throws Exception {
    fixture.dead(ID, "");
    java.nio.file.Files.setPosixFilePermissions(
        fixture.state, PosixFilePermissions.fromString("rwxrwxrwx"));

    CommandRun run = fixture.run("list");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("can be written by everyone").contains("chmod o-w");
    assertThat(fixture.run("doctor").exitCode()).isEqualTo(3);
  }
}
