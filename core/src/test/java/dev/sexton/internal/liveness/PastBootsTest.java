package dev.sexton.internal.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.process.LinuxProcessTable;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.StartUnit;
import dev.sexton.internal.state.FileNames;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectory.Boot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests which boots a state directory proves to be over.
class PastBootsTest {
  @TempDir Path path;
  private final ProcessTable processes = new LinuxProcessTable(false);
  private final Machine here = processes.machine();
  private final Machine past =
      new Machine(here.host(), "past", here.pidNamespace(), StartUnit.TICKS);
  private final Instant booted = processes.origin();
  private FileStateDirectory directory;

  @BeforeEach
  void create() throws IOException {
    directory = new FileStateDirectory(path, "app");
    directory.create();
    org.junit.jupiter.api.Assumptions.assumeFalse(directory.isShared(), "a local file system");
  }

  private boolean isOver() {
    return PastBoots.of(directory, processes).include(past);
  }

  private void note(String boot, Instant at) throws IOException {
    directory.noteBoot(new Boot(here.host(), boot, at));
  }

  @Test
  void aBootThatIsNotListedMayBeAnothersMachine() throws IOException {
    PastBoots.note(directory, processes);

    assertThat(isOver()).isFalse();
    assertThat(directory.boots()).extracting(Boot::id).containsExactly(here.boot());
  }

  @Test
  void aBootThatWasListedBeforeThisOneIsOver() throws IOException {
    note("past", booted.minus(Duration.ofDays(1)));

    assertThat(isOver()).isTrue();
    assertThat(PastBoots.of(directory, processes).isContradicted(here)).isFalse();
  }

  @Test
  void aBootThatWroteDuringThisOneIsAnotherMachines() throws IOException {
    note("past", booted.minus(Duration.ofDays(1)));
    note("past", booted.plusSeconds(1));

    assertThat(isOver()).isFalse();
    assertThat(PastBoots.of(directory, processes).isContradicted(here)).isTrue();
  }

  @Test
  void theBootOfAnotherHostProvesNothing() throws IOException {
    directory.noteBoot(new Boot("another", "past", booted.minus(Duration.ofDays(1))));

    assertThat(isOver()).isFalse();
  }

  @Test
  void aListThatEverybodyCanWriteProvesNothing() throws IOException {
    note("past", booted.minus(Duration.ofDays(1)));
    path.toFile().setWritable(true, false);

    assertThat(isOver()).isFalse();
  }

  @Test
  void aBootIsNotedOnceUnlessAnotherCameBetween() throws IOException {
    PastBoots.note(directory, processes);
    PastBoots.note(directory, processes);
    assertThat(directory.boots()).hasSize(1);

    note("clone", Instant.now());
    PastBoots.note(directory, processes);
    assertThat(directory.boots())
        .extracting(Boot::id)
        .isEqualTo(List.of(here.boot(), "clone", here.boot()));
  }

  @Test
  void linesThatSayNothingAreLeftOut() throws IOException {
    Files.writeString(
        path.resolve(FileNames.BOOTS), "nonsense\n" + here.host() + "\tpast\tnever\n\t\t\n");

    assertThat(directory.boots()).isEmpty();
    assertThat(isOver()).isFalse();
  }
}
