package dev.sexton.kubernetes.internal.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogPositionTest {
  private static final String A = "2026-01-01T00:00:01.000000001Z a\n";
  private static final String B = "2026-01-01T00:00:01.000000002Z b\u00fc\n";
  private static final String C = "2026-01-01T00:00:02.5Z c\n";

  private final LogPosition position = new LogPosition();
  private final ByteArrayOutputStream copy = new ByteArrayOutputStream();

  @BeforeEach
  void begin() {
    position.begin();
  }

  private void read(String response) throws IOException {
    read(response, 4096);
  }

  private void read(String response, int pieces) throws IOException {
    byte[] bytes = response.getBytes(UTF_8);
    for (int from = 0; from < bytes.length; from += pieces) {
      position.copy(ByteBuffer.wrap(bytes, from, Math.min(pieces, bytes.length - from)), copy);
    }
  }

  private String copied() {
    return copy.toString(UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 31, 32, 1000})
  void theTimesAreLeftOutWhateverThePieces(int pieces) throws IOException {
    read(A + B + C, pieces);
    assertThat(copied()).isEqualTo("a\nb\u00fc\nc\n");
  }

  @Test
  void asksFromTheBeginningAndThenFromTheLastSecond() throws IOException {
    assertThat(position.query()).isEmpty();
    read(A + C);
    assertThat(position.query()).isEqualTo("&sinceTime=2026-01-01T00%3A00%3A02Z");
  }

  /// A response can break off after any byte. The next one repeats the last second.
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 1000})
  void nothingIsMissingOrTwiceWhereverAResponseBreaksOff(int pieces) throws IOException {
    byte[] all = (A + B + C).getBytes(UTF_8);
    for (int cut = 0; cut <= all.length; cut++) {
      LogPosition one = new LogPosition();
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      one.begin();
      one.copy(ByteBuffer.wrap(all, 0, cut), output);
      one.begin();
      String rest = one.query().contains("02Z") ? C : A + B + C;
      byte[] again = rest.getBytes(UTF_8);
      for (int from = 0; from < again.length; from += pieces) {
        one.copy(ByteBuffer.wrap(again, from, Math.min(pieces, again.length - from)), output);
      }
      assertThat(output.toString(UTF_8)).as("cut at " + cut).isEqualTo("a\nb\u00fc\nc\n");
    }
  }

  @Test
  void linesOfTheSameTimeAreToldApartByTheirLength() throws IOException {
    String same = A + A.replace(" a", " second");
    read(same);
    position.begin();
    read(same + A.replace(" a", " third"));
    assertThat(copied()).isEqualTo("a\nsecond\nthird\n");
  }

  /// The clock of a node can be set back.
  @Test
  void anEarlierTimeWithinAResponseIsCopied() throws IOException {
    read(C + A);
    assertThat(copied()).isEqualTo("c\na\n");
  }

  @Test
  void emptyLinesAndMessagesWithoutTimeAreCopied() throws IOException {
    read("2026-01-01T00:00:01Z \n2026-01-01T00:00:02+02:00 x\nunable to retrieve logs\n\n");
    assertThat(copied()).isEqualTo("\nx\nunable to retrieve logs\n\n");
  }
}
