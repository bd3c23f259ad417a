package dev.sexton.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tests file changes where a reader prevents a change to the file.
@Timeout(30)
class FileChangesTest {
  private static final String SHARED =
      "The process cannot access the file because it is being used by another process";

  private final Deque<IOException> failures = new ArrayDeque<>();
  private int tried;

  private void change() throws IOException {
    tried++;
    IOException failure = failures.poll();
    if (failure != null) {
      throw failure;
    }
  }

  @Test
  void whatAReaderHasOpenIsTriedAgain() throws IOException {
    failures.addAll(
        List.of(
            new FileSystemException("a", "b", SHARED),
            new AccessDeniedException("a"),
            new FileSystemException("a", null, SHARED)));
    FileChanges.repeat(this::change);
    assertThat(tried).isEqualTo(4);
  }

  @Test
  void whatStaysImpossibleIsSaidInTheEnd() {
    for (int i = 0; i < 1_000; i++) {
      failures.add(new FileSystemException("a", null, SHARED));
    }
    assertThatThrownBy(() -> FileChanges.repeat(this::change)).hasMessageContaining(SHARED);
    assertThat(failures).as("it does not go on for ever").isNotEmpty();
  }

  @Test
  void whatNoWaitingHelpsAgainstIsSaidAtOnce() {
    failures.add(new NoSuchFileException("a"));
    assertThatThrownBy(() -> FileChanges.repeat(this::change))
        .isExactlyInstanceOf(NoSuchFileException.class);
    assertThat(tried).isEqualTo(1);
  }
}
