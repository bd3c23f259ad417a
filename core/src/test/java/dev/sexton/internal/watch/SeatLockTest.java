package dev.sexton.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Tests the lock of the watcher's seat.
class SeatLockTest {
  @TempDir private Path directory;

  @Test
  void isHeldOnceUntilItIsClosed() throws IOException {
    Path file = directory.resolve("lock");
    try (SeatLock first = SeatLock.open(file)) {
      assertThat(first.tryLock()).isTrue();
      try (SeatLock second = SeatLock.open(file)) {
        assertThat(second.tryLock()).isFalse();
      }
    }
    try (SeatLock later = SeatLock.open(file)) {
      assertThat(later.tryLock()).isTrue();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void knowsItsDescriptor() throws IOException {
    Path file = directory.resolve("lock");
    try (SeatLock lock = SeatLock.open(file)) {
      Path descriptor = Path.of("/proc/self/fd", Integer.toString(lock.descriptor()));
      assertThat(Files.isSameFile(descriptor, file)).isTrue();
    }
  }
}
