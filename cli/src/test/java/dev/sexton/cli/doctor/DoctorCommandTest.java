package dev.sexton.cli.doctor;

import static dev.sexton.cli.StateFixture.ID;
import static dev.sexton.cli.StateFixture.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.sexton.cli.CommandRun;
import dev.sexton.cli.CommandTestBase;
import dev.sexton.testsupport.Proc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tests what `doctor` reports about deliberate defects.
@Timeout(60)
class DoctorCommandTest extends CommandTestBase {
  @Test
  void theDocumentHasTheKeysOfTheContract() {
    CommandRun run = fixture.run("doctor", "--json");

    assertThat(run.exitCode()).isIn(0, 1);
    assertThat(run.json().keySet()).containsExactly("version", "checks");
    for (var element : run.json().getAsJsonArray("checks")) {
      JsonObject check = element.getAsJsonObject();
      assertThat(check.keySet()).containsExactly("name", "status", "detail", "remedy");
      assertThat(check.get("status").getAsString()).isIn("ok", "warning", "error");
      assertThat(check.get("detail").getAsString()).isNotEmpty();
    }
    assertThat(run.out())
        .contains("\"java\"", "\"processes\"", "\"state directory\"", "\"container engine\"");
  }

  @Test
  void whatLiesAboutIsAWarningAndIsNotTouched() throws Exception {
    fixture.dead(ID, "");
    fixture.unknown(UNKNOWN);
    fixture.write("ee1d2f9a-0000-4000-8000-000000000003.json", "{");
    fixture.write("ee1d2f9a-0000-4000-8000-000000000004.tmp", "");
    fixture.write("notes.txt", "");
    fixture.write("ee1d2f9a-0000-4000-8000-000000000005.json.unreadable", "{");

    CommandRun run = fixture.run("doctor");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .contains("0 alive, 1 dead")
        .contains("unknown instance")
        .contains("sexton sweep --instance " + UNKNOWN + " --assume-dead")
        .contains("unreadable record")
        .contains("1 file without a record")
        .contains("1 file not made by Sexton")
        .contains("set-aside file");
    try (Stream<Path> files = Files.list(fixture.state.resolve("instances"))) {
      assertThat(files).hasSize(6);
    }
  }

  /// The instances were swept, so only the journal knows these processes.
  @Test
  void whatSweepsLeftAloneIsSaidForAsLongAsItRuns() throws Exception {
    Process kept = fixture.start("exec sleep 61");
    Process unclaimed = fixture.start("exec sleep 62");
    Process other = fixture.start("exec sleep 63");
    fixture.journal("KEPT", kept.pid(), Proc.of(kept.pid()).start(), Instant.now());
    fixture.journal("UNCLAIMED", unclaimed.pid(), Proc.of(unclaimed.pid()).start(), Instant.now());
    fixture.journal("UNCLAIMED", other.pid(), Proc.of(other.pid()).start() - 1, Instant.now());
    fixture.journal("DENIED", other.pid(), Proc.of(other.pid()).start(), Instant.now());
    fixture.journal("UNCLAIMED", other.pid(), Proc.of(other.pid()).start(), Instant.EPOCH);
    fixture.journal(
        "KEPT",
        other.pid(),
        Proc.of(other.pid()).start(),
        Instant.now().minus(Duration.ofHours(1)));

    CommandRun run = fixture.run("doctor", "--json");

    assertThat(checks(run, "kept process"))
        .singleElement()
        .satisfies(check -> {
          assertThat(check.get("status").getAsString()).isEqualTo("ok");
          assertThat(check.get("detail").getAsString()).contains(kept.pid() + " (the command)");
          assertThat(check.get("detail").getAsString()).contains("the reason");
        });
    assertThat(checks(run, "unclaimed process"))
        .singleElement()
        .satisfies(check -> {
          assertThat(check.get("status").getAsString()).isEqualTo("warning");
          assertThat(check.get("remedy").getAsString()).endsWith("kill " + unclaimed.pid());
        });
    assertThat(run.exitCode()).isEqualTo(1);

    kept.destroyForcibly().waitFor();
    unclaimed.destroyForcibly().waitFor();
    assertThat(fixture.run("doctor", "--json").out())
        .doesNotContain("kept process", "unclaimed process");
  }

  private static List<JsonObject> checks(CommandRun run, String name) {
    return run.json().getAsJsonArray("checks").asList().stream()
        .map(check -> check.getAsJsonObject())
        .filter(check -> check.get("name").getAsString().equals(name))
        .toList();
  }

  @Test
  void anEngineThatDoesNotAnswerIsAWarning() {
    CommandRun run =
        CommandRun.of(
            fixture.home,
            Map.of("DOCKER_HOST", "unix://" + directory.resolve("nothing.sock")),
            false,
            "doctor");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("cannot be reached").contains("DOCKER_HOST");
    assertThat(fixture.home).isEmptyDirectory();
  }

  @Test
  void aPlaceInWhichNothingCanBeMadeIsAnError() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    CommandRun run = CommandRun.of(fixture.home, "doctor", "--state-dir", file + "/state");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.out()).contains("cannot be created");
  }
}
