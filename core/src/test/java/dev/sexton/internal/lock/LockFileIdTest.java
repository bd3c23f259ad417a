package dev.sexton.internal.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests how lock files are told apart where files have no inode numbers.
class LockFileIdTest {
  private static final FileTime CREATED = FileTime.fromMillis(1_764_000_000_000L);

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("a.lock");
  }

  @Test
  void aLaterFileAtTheSamePathIsAnother() throws IOException {
    String first = made();
    assertThat(LockFileId.of(file(), CREATED)).isEqualTo(first);
    Files.delete(file());
    assertThat(made()).isNotEqualTo(first);
  }

  private String made() throws IOException {
    Files.createFile(file());
    LockFileId.write(file());
    return LockFileId.of(file(), CREATED);
  }

  @Test
  void itIsReadWhileTheFirstTwoBytesAreLocked() throws IOException {
    String id = made();
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE);
        FileLock owner = channel.lock(0, 1, false);
        FileLock sweeper = channel.lock(1, 1, false)) {
      assertThat(owner.isValid() && sweeper.isValid()).isTrue();
      assertThat(LockFileId.of(file(), CREATED)).isEqualTo(id);
    }
  }

  @Test
  void aFileOfAnotherProgramIsToldByItsTimeOfCreation() throws IOException {
    Files.createFile(file());
    String empty = LockFileId.of(file(), CREATED);
    assertThat(LockFileId.of(file(), CREATED)).isEqualTo(empty);
    assertThat(LockFileId.of(file(), FileTime.fromMillis(1))).isNotEqualTo(empty);
    Files.writeString(file(), "short");
    assertThat(LockFileId.of(file(), CREATED)).isEqualTo(empty);
  }
}
