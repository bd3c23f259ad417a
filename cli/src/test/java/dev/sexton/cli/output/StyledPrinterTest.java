package dev.sexton.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.sexton.cli.output.StyledPrinter.Style;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests that names chosen by others cannot control the screen.
class StyledPrinterTest {
  private static final String HOSTILE =
      "a\u001b[31mb\nc\rd\te\u0007f\u009bg\u202eh\u2066i\u200bj\u0000k\u007fl\u2028m\ud800n\ufeffo";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, UTF_8);

  @Test
  void whatDoesMoreThanToBeSeenIsReplaced() {
    new StyledPrinter(stream, false).line(HOSTILE);

    assertThat(bytes.toString(UTF_8)).isEqualTo("a?[31mb?c?d?e?f?g?h?i?j?k?l?m?n?o\n");
  }

  @Test
  void alsoWithinAStyle() {
    new StyledPrinter(stream, true).line(Style.BAD, "x\u001b[0my");

    assertThat(bytes.toString(UTF_8)).isEqualTo("\u001b[31mx?[0my\u001b[0m\n");
  }

  @Test
  void withoutATerminalThereIsNoColour() {
    new StyledPrinter(stream, false).line(Style.BAD, "plain");

    assertThat(bytes.toString(UTF_8)).isEqualTo("plain\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "Straße", "名前", "naïve", "🙂", "e\u0301"})
  void namesInAnyWritingStayAsTheyAre(String name) {
    assertThat(TerminalText.text(name)).isEqualTo(name);
  }

  @Test
  void everyCodePointIsEitherVisibleOrReplaced() {
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      String safe = TerminalText.text(Character.toString(point));
      assertThat(safe.codePoints().allMatch(c -> c == ' ' || TerminalText.isVisible(c))).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"abc, 3, abc", "abcd, 3, ab…", "a🙂b, 3, a…", "'', 3, ''"})
  void whatIsTooLongIsCut(String text, int length, String expected) {
    assertThat(TerminalText.cut(text, length)).isEqualTo(expected);
  }

  @Test
  void jsonIsHarmlessOnAScreenTooAndStillSaysTheSame() {
    JsonOut.line(stream, json -> json.name("name").value(HOSTILE.replace("\ud800", "") + "🙂é"));

    String written = bytes.toString(UTF_8);
    assertThat(written.strip().codePoints()).allMatch(TerminalText::isVisible);
    assertThat(JsonParser.parseString(written).getAsJsonObject().get("name").getAsString())
        .isEqualTo(HOSTILE.replace("\ud800", "") + "🙂é");
  }
}
