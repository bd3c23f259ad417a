package dev.sexton.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTailTest {
  @TempDir Path state;

  @Test
  void aLineThatIsBeingWrittenWaitsForItsEnd() throws Exception {
    JournalTail tail = new JournalTail(state);
    Path journal = state.resolve("journal.jsonl");

    assertThat(tail.read()).isEmpty();
    Files.writeString(journal, "one\ntw");
    assertThat(tail.read()).containsExactly("one");
    Files.writeString(journal, "o\n", StandardOpenOption.APPEND);
    assertThat(tail.read()).containsExactly("two");
    assertThat(tail.read()).isEmpty();
  }
}
