package dev.sexton;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class CloseOnceTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final CloseOnce closing = new CloseOnce();

  private static <T> FutureTask<T> inAnotherThread(Callable<T> task) {
    FutureTask<T> running = new FutureTask<>(task);
    Thread.ofPlatform().daemon().start(running);
    return running;
  }

  @Test
  void onlyTheFirstCallCloses() throws Exception {
    assertThat(closing.begin()).isTrue();
    assertThat(closing.begin()).isFalse();
    assertThat(inAnotherThread(closing::begin).get()).isFalse();

    closing.end();

    assertThat(closing.begin()).isFalse();
  }

  @Test
  void theThreadThatClosesDoesNotWaitForItself() {
    assertThat(closing.begin()).isTrue();

    assertThat(closing.await(LONG)).isTrue();
  }

  @Test
  void anotherThreadWaitsUntilTheEnd() throws Exception {
    assertThat(closing.begin()).isTrue();
    FutureTask<Boolean> waiting = inAnotherThread(() -> closing.await(LONG));
    assertThat(waiting).isNotDone();

    closing.end();

    assertThat(waiting.get()).isTrue();
    assertThat(inAnotherThread(() -> closing.await(Duration.ZERO)).get()).isTrue();
  }

  @Test
  void anotherThreadWaitsNoLongerThanTheLimit() throws Exception {
    assertThat(closing.begin()).isTrue();

    assertThat(inAnotherThread(() -> closing.await(Duration.ZERO)).get()).isFalse();
  }

  @Test
  void anInterruptedThreadStopsWaiting() throws Exception {
    assertThat(closing.begin()).isTrue();

    FutureTask<Boolean> interrupted =
        inAnotherThread(() -> {
          Thread.currentThread().interrupt();
          return closing.await(LONG) && Thread.currentThread().isInterrupted();
        });

    assertThat(interrupted.get()).isTrue();
  }
}
