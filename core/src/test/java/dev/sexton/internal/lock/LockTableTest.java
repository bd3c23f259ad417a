package dev.sexton.internal.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockTableTest {
  private static final String LOCKS =
      """
      1: FLOCK  ADVISORY  WRITE 11 fe:00:42 0 EOF
      2: POSIX  ADVISORY  WRITE 12 fe:00:42 0 0
      2: -> POSIX  ADVISORY  WRITE 13 fe:00:42 1 1
      3: POSIX  ADVISORY  WRITE 14 fe:00:42 1 1
      4: POSIX  ADVISORY  WRITE 15 fe:01:42 1 1
      5: OFDLCK ADVISORY  WRITE -1 fe:00:43 1 1
      6: POSIX  ADVISORY  WRITE 16 fe:00:44 0 EOF
      7: POSIX  ADVISORY  WRITE 0 fe:00:45 1 1
      """;

  @Test
  void theHolderOfOneByteOfOneFile() {
    assertThat(LockTable.holder(LOCKS, "fe:00:42", 0)).isEqualTo(12);
    assertThat(LockTable.holder(LOCKS, "fe:00:42", 1)).isEqualTo(14);
    assertThat(LockTable.holder(LOCKS, "fe:00:42", 2)).isZero();
    assertThat(LockTable.holder(LOCKS, "fe:01:42", 1)).isEqualTo(15);
    assertThat(LockTable.holder(LOCKS, "fe:00:43", 1)).isZero();
    assertThat(LockTable.holder(LOCKS, "fe:00:44", 7)).isEqualTo(16);
    assertThat(LockTable.holder(LOCKS, "fe:00:45", 1)).as("of another namespace").isZero();
    assertThat(LockTable.holder("", "fe:00:42", 1)).isZero();
  }

  @Test
  void aDeviceIsNamedAsTheKernelNamesIt() {
    assertThat(LockTable.key(0xfe00, 42)).isEqualTo("fe:00:42");
    assertThat(LockTable.key(0x0002b, 1)).isEqualTo("00:2b:1");
    assertThat(LockTable.key(0x10000001L, 1)).isEqualTo("00:10001:1");
  }

  /// The holder is known only where the file system and the list of locks name the device alike.
  @Test
  void noOtherProcessIsTakenForTheHolder(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("x.lock");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock(1, 1, false)) {
      assertThat(lock.isValid()).isTrue();
      assertThat(LockTable.holder(file, 1)).isIn(0L, ProcessHandle.current().pid());
      assertThat(LockTable.holder(file, 0)).isZero();
      assertThat(LockTable.holder(Files.createFile(directory.resolve("other")), 1)).isZero();
    }
    assertThat(LockTable.holder(file, 1)).isZero();
  }
}
