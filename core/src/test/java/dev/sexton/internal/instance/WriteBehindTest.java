package dev.sexton.internal.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.internal.Platform;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteBehindTest {
  private final TrackedProcesses tracked = new TrackedProcesses(Platform.processes(false));
  private final List<Long> written = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final WriteBehind background = new WriteBehind(this::write, ended::get, tracked);

  private boolean write(long version) {
    if (failures.getAndDecrement() > 0) {
      return false;
    }
    written.add(version);
    return true;
  }

  @AfterEach
  void end() {
    ended.set(true);
    var _ = tracked.changed();
  }

  @Test
  void writesWhatChangedAfterItWasStarted() {
    var _ = tracked.changed();
    background.start();
    background.start();
    await().until(() -> written.contains(1L));

    var _ = tracked.changed();

    await().until(() -> written.contains(2L));
  }

  @Test
  void triesAFailedWriteAgainAlthoughNothingChanges() {
    failures.set(2);
    var _ = tracked.changed();

    background.start();

    await().until(() -> !written.isEmpty());
    assertThat(written).containsOnly(1L);
  }

  @Test
  void endsWithTheInstance() {
    background.start();
    ended.set(true);
    var _ = tracked.changed();

    await()
        .until(() ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("sexton-record")));
  }
}
