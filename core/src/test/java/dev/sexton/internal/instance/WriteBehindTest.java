package dev.sexton.internal.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.internal.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteBehindTest {
  private static final Duration WRITING = Duration.ofMillis(3);

  /// A writer that takes 3 ms, with a clock that only it and pauses move. Lists what happens, and
  /// ends the instance after a number of steps.
  private static final class Script implements WriteBehind.Changes, WriteBehind.Clock {
    private final List<String> events = new ArrayList<>();
    private final List<Boolean> outcomes;
    private long now;
    private long version = 1;

    Script(Boolean... outcomes) {
      this.outcomes = new ArrayList<>(List.of(outcomes));
    }

    void run() {
      new WriteBehind(this::write, outcomes::isEmpty, this, this).run();
    }

    private boolean write(long upTo) {
      now += WRITING.toNanos();
      events.add("write " + upTo);
      return outcomes.removeFirst();
    }

    @Override
    public long version() {
      return version;
    }

    @Override
    public void awaitChange(long after, Duration limit) {
      events.add("await after " + after + " for " + limit.toMillis());
      if (limit.isZero()) {
        version++; // Without a limit, only a change ends the wait.
      }
    }

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void sleep(Duration time) {
      now += time.toNanos();
      events.add("pause " + time.toMillis());
    }
  }

  @Test
  void pausesFourTimesAsLongAsItWroteAndThenAwaitsAChange() {
    Script script = new Script(true, true);

    script.run();

    assertThat(script.events)
        .containsExactly(
            "write 1",
            "pause 12",
            "await after 1 for 0",
            "write 2",
            "pause 12",
            "await after 2 for 0");
  }

  @Test
  void triesAFailedWriteAgainAfterASecondAlthoughNothingChanges() {
    Script script = new Script(false, false, true);

    script.run();

    assertThat(script.events)
        .containsExactly(
            "write 1",
            "pause 12",
            "await after 1 for 1000",
            "write 1",
            "pause 12",
            "await after 1 for 1000",
            "write 1",
            "pause 12",
            "await after 1 for 0");
  }

  @Test
  void writesNothingOnceTheInstanceHasEnded() {
    Script script = new Script();

    script.run();

    assertThat(script.events).isEmpty();
  }

  private final TrackedProcesses tracked = new TrackedProcesses(Platform.processes(false));
  private final List<Long> written = new CopyOnWriteArrayList<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final WriteBehind background =
      new WriteBehind(written::add, ended::get, tracked, WriteBehind.SYSTEM_CLOCK);

  @AfterEach
  void end() {
    ended.set(true);
    var _ = tracked.changed();
  }

  @Test
  void aThreadWritesWhatChangedAfterItWasStarted() {
    var _ = tracked.changed();
    background.start();
    background.start();
    await().until(() -> written.contains(1L));

    var _ = tracked.changed();

    await().until(() -> written.contains(2L));
  }

  @Test
  void theThreadEndsWithTheInstance() {
    background.start();
    ended.set(true);
    var _ = tracked.changed();

    await()
        .until(() ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("sexton-record")));
  }
}
