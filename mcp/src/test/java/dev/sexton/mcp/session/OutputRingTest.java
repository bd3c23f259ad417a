package dev.sexton.mcp.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputRingTest {
  private static final int CAPACITY = 4096;

  @TempDir Path directory;
  private OutputRing ring;

  @BeforeEach
  void open() throws IOException {
    ring = new OutputRing(directory, CAPACITY);
  }

  @AfterEach
  void close() {
    ring.close();
  }

  private void write(String text) throws IOException {
    ring.write(text.getBytes(UTF_8));
  }

  @Test
  void leavesNoNameOnTheDisk() throws IOException {
    write("x");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void givesTheLastLines() throws IOException {
    write("one\ntwo\nthree\n");
    assertThat(ring.lastLines(2, CAPACITY).text()).isEqualTo("two\nthree\n");
    assertThat(ring.lastLines(9, CAPACITY).text()).isEqualTo("one\ntwo\nthree\n");
    write("half");
    assertThat(ring.lastLines(2, CAPACITY))
        .isEqualTo(new OutputRing.Piece("three\nhalf", 8, 18, 0));
    assertThat(ring.lastLines(2, 3).text()).isEqualTo("alf");
  }

  @Test
  void goesOnFromAPosition() throws IOException {
    write("abc");
    OutputRing.Piece first = ring.from(0, CAPACITY);
    assertThat(first).isEqualTo(new OutputRing.Piece("abc", 0, 3, 0));
    assertThat(ring.from(first.next(), CAPACITY).text()).isEmpty();
    write("def");
    assertThat(ring.from(first.next(), 2)).isEqualTo(new OutputRing.Piece("de", 3, 5, 0));
    assertThat(ring.from(1000, CAPACITY)).isEqualTo(new OutputRing.Piece("", 6, 6, 0));
  }

  @Test
  void neverCutsACharacter() throws IOException {
    write("aé€😀");
    byte[] whole = "aé€😀".getBytes(UTF_8);
    for (int most = 4; most <= whole.length; most++) {
      StringBuilder read = new StringBuilder();
      long position = 0;
      while (position < whole.length) {
        OutputRing.Piece piece = ring.from(position, most);
        assertThat(piece.next()).as("with %d bytes at most", most).isGreaterThan(position);
        read.append(piece.text());
        position = piece.next();
      }
      assertThat(read.toString()).isEqualTo("aé€😀");
    }
  }

  @Test
  void putsACharacterTogetherThatIsWrittenByteByByte() throws IOException {
    StringBuilder read = new StringBuilder();
    long position = 0;
    for (byte one : "aé€😀z".getBytes(UTF_8)) {
      ring.write(new byte[] {one});
      OutputRing.Piece piece = ring.from(position, CAPACITY);
      read.append(piece.text());
      position = piece.next();
    }
    assertThat(read.toString()).isEqualTo("aé€😀z");
    assertThat(ring.lastLines(1, CAPACITY).text()).isEqualTo("aé€😀z");
  }

  @Test
  void beginsWithAWholeCharacterWhereTheStartIsCutOff() throws IOException {
    for (String character : new String[] {"é", "€", "😀"}) {
      byte[] bytes = character.getBytes(UTF_8);
      for (int more = 0; more < bytes.length; more++) {
        try (OutputRing cut = new OutputRing(directory, CAPACITY)) {
          String kept = "x".repeat(more) + character.repeat(CAPACITY / bytes.length);
          cut.write((character.repeat(3) + kept).getBytes(UTF_8));
          OutputRing.Piece all = cut.from(0, CAPACITY);
          assertThat(all.text()).doesNotContain("\uFFFD").endsWith(character);
          assertThat(all.from()).isEqualTo(all.skipped());
          assertThat(all.next() - all.from()).isEqualTo(all.text().getBytes(UTF_8).length);
          for (int most = 4; most < 12; most++) {
            OutputRing.Piece last = cut.lastLines(1, most);
            assertThat(last.text()).isEqualTo(character.repeat(most / bytes.length));
            assertThat(last.from()).isEqualTo(last.next() - last.text().getBytes(UTF_8).length);
          }
        }
      }
    }
  }

  @Test
  void keepsTheLastBytesWhateverIsWritten() throws IOException {
    Random random = new Random(1);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(i % 50 == 0 ? 3 * CAPACITY : 200);
      for (int j = 0; j < length; j++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      write(text.toString());
      all.append(text);
      int end = all.length();
      long from = random.nextInt(end + 1);
      OutputRing.Piece piece = ring.from(from, CAPACITY);
      int begin = (int) Math.max(from, end - CAPACITY);
      assertThat(piece.from()).isEqualTo(begin);
      assertThat(piece.skipped()).isEqualTo(begin - from);
      assertThat(piece.text()).isEqualTo(all.substring(begin, Math.min(end, begin + CAPACITY)));
    }
  }
}
