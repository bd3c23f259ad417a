package dev.sexton.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.testsupport.Jvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Many writers append to a journal that is about to exceed its limit.
///
/// No old or new line is lost.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JournalRotationTest {
  private static final int WRITERS = 8;
  private static final int LINE = 200;
  private static final int OLD = (8 << 20) / LINE - 1;

  @TempDir private Path directory;

  private Path journal() throws IOException {
    String line = "x".repeat(LINE - 1) + "\n";
    return Files.writeString(directory.resolve("journal.jsonl"), line.repeat(OLD));
  }

  private static String line(int writer, int number) {
    return "writer " + writer + " line " + number + " " + "y".repeat(400);
  }

  private void assertComplete(int lines) throws IOException {
    List<String> read = new FileStateDirectory(directory, "mcp").readJournal();
    assertThat(read).filteredOn(line -> line.startsWith("x")).hasSize(OLD);
    List<String> expected = new ArrayList<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      for (int number = 0; number < lines; number++) {
        expected.add(line(writer, number));
      }
    }
    assertThat(read)
        .filteredOn(line -> line.startsWith("writer"))
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(Files.size(directory.resolve("journal.jsonl"))).isLessThan(8 << 20);
  }

  @Test
  void threadsLoseNothing() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      for (int trial = 0; trial < 10; trial++) {
        journal();
        Files.deleteIfExists(directory.resolve("journal.1.jsonl"));
        CyclicBarrier start = new CyclicBarrier(WRITERS);
        List<Callable<Integer>> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
          int self = writer;
          writers.add(() -> {
            start.await();
            append(directory, self, 3);
            return self;
          });
        }
        for (Future<Integer> done : threads.invokeAll(writers)) {
          done.get();
        }
        assertComplete(3);
      }
    }
  }

  @Test
  void processesLoseNothing() throws Exception {
    journal();
    Path start = directory.resolve("start");
    List<Process> writers = new ArrayList<>();
    try {
      for (int writer = 0; writer < WRITERS; writer++) {
        List<String> command = Jvm.command(JournalRotationTest.class.getName(), "-Xmx32m");
        command.addAll(List.of(directory.toString(), start.toString(), Integer.toString(writer)));
        writers.add(new ProcessBuilder(command).redirectErrorStream(true).start());
      }
      for (Process writer : writers) {
        assertThat(writer.getInputStream().read()).as("it is ready").isEqualTo('.');
      }
      Files.createFile(start);
      for (Process writer : writers) {
        String said = new String(writer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(writer.waitFor()).as(said).isZero();
      }
    } finally {
      writers.forEach(writer -> writer.destroyForcibly().onExit().join());
    }
    assertComplete(20);
  }

  /// Waits until a file exists, and then appends.
  public static void main(String[] args) throws Exception {
    System.out.print('.');
    System.out.flush();
    while (!Files.exists(Path.of(args[1]))) {
      Thread.sleep(1);
    }
    append(Path.of(args[0]), Integer.parseInt(args[2]), 20);
  }

  private static void append(Path directory, int writer, int lines) {
    try {
      for (int number = 0; number < lines; number++) {
        new FileStateDirectory(directory, "mcp").appendJournal(List.of(line(writer, number)));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /// A line that a full disk or a kill cut off must not damage the next line.
  @Test
  void aLineThatWasCutOffCostsNoOther() throws IOException {
    Files.writeString(directory.resolve("journal.jsonl"), "whole\ncut o");
    FileStateDirectory state = new FileStateDirectory(directory, "mcp");
    state.appendJournal(List.of("next"));
    state.appendJournal(List.of("last"));
    assertThat(state.readJournal()).containsExactly("whole", "cut o", "next", "last");
  }
}
