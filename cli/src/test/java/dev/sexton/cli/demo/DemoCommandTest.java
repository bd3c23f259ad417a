package dev.sexton.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.sexton.cli.CommandRun;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The demo itself is the test.
///
/// It exits 0 only if everything is gone.
@Timeout(60)
class DemoCommandTest {
  @TempDir Path home;

  @Test
  void everythingThatTheServerLeftIsGone() {
    CommandRun run = CommandRun.of(home, "demo", "--json");

    assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
    assertThat(run.json().get("gone").getAsBoolean()).isTrue();
    JsonObject instance = run.json().getAsJsonArray("instances").get(0).getAsJsonObject();
    assertThat(instance.get("liveness").getAsString()).isEqualTo("DEAD");
    assertThat(instance.getAsJsonArray("resources")).hasSizeGreaterThanOrEqualTo(3);
    assertThat(run.out()).contains("KILLED");
    assertThat(Files.exists(Path.of(instance.get("state_dir").getAsString()))).isFalse();
  }
}
