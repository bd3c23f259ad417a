package dev.sexton.internal.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests on real processes and directories.
class PollerTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ProcessTable table = new LinuxProcessTable(true);
  private final List<Process> children = new ArrayList<>();

  @TempDir Path directory;

  @BeforeEach
  void needsNativeAccess() {
    assumeTrue(Kernel.instance() != null, "a kernel with process descriptors");
  }

  @AfterEach
  void endChildren() {
    children.forEach(Process::destroyForcibly);
  }

  private Poller open() {
    return requireNonNull(Poller.open());
  }

  private Process start() throws IOException {
    Process child = new ProcessBuilder("sleep", "1000").start();
    children.add(child);
    return child;
  }

  private ProcessInfo find(Process child) {
    return ((ProcessLookup.Present) table.find(child.pid())).process();
  }

  @Test
  void tellsWhichProcessEnded() throws IOException {
    try (Poller poller = open()) {
      Process first = start();
      Process second = start();
      Poller.Key firstKey = requireNonNull(poller.process(table, find(first)));
      Poller.Key secondKey = requireNonNull(poller.process(table, find(second)));

      assertThat(poller.await(Duration.ZERO)).isEmpty();
      second.destroyForcibly();
      assertThat(poller.await(LONG)).extracting(Poller.Event::key).containsExactly(secondKey);
      first.destroyForcibly();
      assertThat(poller.await(null)).extracting(Poller.Event::key).containsExactly(firstKey);
      assertThat(poller.await(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void doesNotWaitForWhatHasEnded() throws IOException, InterruptedException {
    try (Poller poller = open()) {
      Process child = start();
      ProcessInfo seen = find(child);
      child.destroyForcibly().waitFor();
      assertThat(poller.process(table, seen)).isNull();
    }
  }

  @Test
  void doesNotTakeAnotherProcessForTheOneThatIsMeant() throws IOException {
    try (Poller poller = open()) {
      ProcessInfo now = find(start());
      ProcessInfo before =
          new ProcessInfo(
              now.pid(), now.start().plus(-1), now.ancestry(), now.state(), now.image());
      assertThat(poller.process(table, before)).isNull();
    }
  }

  @Test
  void tellsWhatAppearsInADirectory() throws IOException {
    try (Poller poller = open()) {
      Poller.Key key = poller.directory(directory);
      Path file = Files.createFile(directory.resolve("new.tmp"));
      assertThat(poller.await(LONG)).containsExactly(new Poller.Event(key, "new.tmp"));
      Files.move(file, directory.resolve("new.json"), StandardCopyOption.ATOMIC_MOVE);
      assertThat(poller.await(LONG)).containsExactly(new Poller.Event(key, "new.json"));
      Files.delete(directory.resolve("new.json"));
      assertThat(poller.await(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void tellsThatADirectoryIsGone() throws IOException {
    try (Poller poller = open()) {
      Path doomed = Files.createDirectory(directory.resolve("doomed"));
      Poller.Key key = poller.directory(doomed);
      Files.delete(doomed);
      assertThat(poller.await(LONG)).containsExactly(new Poller.Event(key, ""));
      assertThat(poller.await(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void saysIfThereIsNoDirectory() throws IOException {
    try (Poller poller = open()) {
      assertThatExceptionOfType(FileNotFoundException.class)
          .isThrownBy(() -> poller.directory(directory.resolve("absent")));
      Path file = Files.createFile(directory.resolve("file"));
      assertThatExceptionOfType(FileNotFoundException.class)
          .isThrownBy(() -> poller.directory(file));
    }
  }
}
