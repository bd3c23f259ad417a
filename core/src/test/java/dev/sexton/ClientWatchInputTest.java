package dev.sexton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a watch does to the stream.
///
/// Tests of the rest need separate processes.
class ClientWatchInputTest {
  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);

  @AfterEach
  void tearDown() {
    over.countDown();
    await().atMost(Duration.ofSeconds(30)).until(() -> callers() == 0);
  }

  private ClientWatch watch(InputStream input) {
    return ClientWatch.builder(this::call).input(input).exit(false).watchParent(false).start();
  }

  /// Blocks until the end of the test, so that the calling thread can be found.
  private void call() {
    calls.incrementAndGet();
    try {
      over.await();
    } catch (InterruptedException nobodyDoes) {
      Thread.currentThread().interrupt();
    }
  }

  /// Returns the number of current calls.
  ///
  /// The thread is started before a read returns.
  private static long callers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("sexton-client-gone"))
        .count();
  }

  private static InputStream failing() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw new IOException("the terminal is gone");
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        return read();
      }
    };
  }

  private void awaitCall() {
    await().atMost(Duration.ofSeconds(30)).untilAtomic(calls, count -> assertThat(count).isOne());
  }

  @Test
  void everyByteArrivesAndTheEndIsToldOnce() throws IOException {
    byte[] sent = new byte[8_000];
    new Random(1).nextBytes(sent);
    ClientWatch watch = watch(new ByteArrayInputStream(sent));
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    for (int next = watch.input().read(); next >= 0; next = watch.input().read()) {
      received.write(next);
      received.write(watch.input().readNBytes(7));
      // At its end, a `ByteArrayInputStream` reports the end even for a read of zero bytes.
      assertThat(callers()).isEqualTo(received.size() < sent.length ? 0 : 1);
    }
    assertThat(received.toByteArray()).isEqualTo(sent);
    assertThat(watch.input().read()).isNegative();
    assertThat(watch.input().readAllBytes()).isEmpty();
    awaitCall();
    assertThat(callers()).isOne();
  }

  @Test
  void anInputThatCannotBeReadHasEnded() {
    ClientWatch watch = watch(failing());
    assertThatThrownBy(() -> watch.input().read()).hasMessage("the terminal is gone");
    awaitCall();
  }

  @Test
  void whoClosesItsOwnInputHasNotLostItsClient() throws IOException {
    ClientWatch watch = watch(failing());
    watch.input().close();
    assertThatThrownBy(() -> watch.input().read()).isInstanceOf(IOException.class);
    assertThat(callers()).isZero();
  }

  @Test
  void aWatchThatIsClosedTellsNothing() throws IOException {
    ClientWatch watch = watch(InputStream.nullInputStream());
    watch.close();
    assertThat(watch.input().read()).isNegative();
    assertThat(callers()).isZero();
  }

  @Test
  void aNegativeGraceIsRefused() {
    assertThatThrownBy(() -> ClientWatch.builder(() -> {}).grace(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
