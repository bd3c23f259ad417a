package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.hostile.DeadInstancesFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests that records are processed in parallel with the same result as in sequence.
class ParallelTest {
  /// Above every Linux PID (2²²), so that no such process can ever exist.
  private static final int NOBODY = 4_194_305;

  private static List<List<Integer>> spread(int count) {
    return Parallel.over(
        new ThreadWorkers(),
        IntStream.range(0, count).boxed().toList(),
        ArrayList::new,
        (part, item) -> part.add(item));
  }

  @Test
  void everyItemIsWorkedOnOnceAndInOrder() {
    for (int count : new int[] {0, 1, 63, 64, 127, 128, 129, 1000, 1001}) {
      assertThat(spread(count).stream().flatMap(List::stream).toList())
          .as("%d items", count)
          .isEqualTo(IntStream.range(0, count).boxed().toList());
    }
  }

  @Test
  void fewItemsNeedNoWorkers() {
    Ports.Workers none =
        tasks -> {
          throw new AssertionError("workers for a few");
        };
    List<AtomicInteger> parts =
        Parallel.over(none, List.of(1, 2, 3), AtomicInteger::new, AtomicInteger::addAndGet);
    assertThat(parts).hasSize(1);
    assertThat(parts.getFirst()).hasValue(6);
  }

  @Test
  void aFailureReachesTheCallerWhoKnowsEveryPartByThen() {
    List<List<Integer>> known = new ArrayList<>();
    assertThatThrownBy(() ->
            Parallel.<Integer, List<Integer>>over(
                new ThreadWorkers(),
                IntStream.range(0, 1000).boxed().toList(),
                () -> {
                  List<Integer> part = new ArrayList<>();
                  known.add(part);
                  return part;
                },
                (part, item) -> {
                  part.add(item);
                  if (item == 999) {
                    throw new IllegalStateException("the last one");
                  }
                }))
        .hasMessage("the last one");
    assertThat(known.stream().mapToInt(List::size).sum()).isEqualTo(1000);
  }

  @Test
  void threeHundredDeadAreSweptAndTheLivingOneAmongThemIsNot(@TempDir Path directory)
      throws Exception {
    try (DeadInstancesFixture graveyard = new DeadInstancesFixture(directory)) {
      DeadInstancesFixture.Instance live = graveyard.liveInstance();
      DeadInstancesFixture.Instance dead = graveyard.deadInstance();
      for (int i = 0; i < 300; i++) {
        String id = UUID.randomUUID().toString();
        Files.writeString(
            graveyard.file(id + ".json"),
            """
            {"instance_id": "%s", "pid": %d, "started_at": "2026-01-01T00:00:00",
             "python_processes": {"session": %d}}
            """
                .formatted(id, NOBODY, NOBODY + 1));
      }
      SweepReport report = graveyard.sweep();
      assertThat(report.count(Liveness.DEAD)).isEqualTo(301);
      assertThat(report.isClean()).isTrue();
      DeadInstancesFixture.awaitGone(dead.child());
      assertThat(live.child().isAlive()).isTrue();
      assertThat(graveyard.names())
          .allMatch(name -> name.startsWith(live.id()))
          .contains(live.id() + ".json");
      assertThat(JournalReader.read(graveyard.directory()))
          .filteredOn(line -> line.get("kind").getAsString().equals(Journal.INSTANCE))
          .extracting(line -> line.get("instance_id").getAsString())
          .hasSize(301)
          .doesNotHaveDuplicates();
    }
  }
}
