package dev.sexton.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;

class JsonExcerptTest {
  private static String excerpt(String json) {
    return JsonExcerpt.of(JsonParser.parseString(json));
  }

  @Test
  void aShortValueIsShownWhole() {
    assertThat(excerpt("{\"a\": [1, null, \"<b>\"]}")).isEqualTo("{\"a\":[1,null,\"<b>\"]}");
    assertThat(excerpt('"' + "x".repeat(38) + '"')).isEqualTo('"' + "x".repeat(38) + '"');
  }

  @Test
  void aLongValueIsCutAfterFortyCharacters() {
    assertThat(excerpt('"' + "x".repeat(39) + '"')).isEqualTo('"' + "x".repeat(39) + "…");
    assertThat(excerpt("[" + "1,".repeat(1_000_000) + "1]"))
        .isEqualTo("[" + "1,".repeat(19) + "1…");
  }

  @Test
  void controlCharactersAreReplaced() {
    assertThat(excerpt("\"\u007f\"")).isEqualTo("\"\uFFFD\"");
  }
}
