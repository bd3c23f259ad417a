package dev.sexton.mcp.deephaven;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  @ParameterizedTest
  @CsvSource({
    "aabaac, at /?psk=aabaac with, at /?psk=[hidden] with",
    "aabaac, aabaabaac, aab[hidden]",
    "aabaac, aaabaac, a[hidden]",
    "aabaac, aabaacaabaac, [hidden][hidden]",
    "aabaac, nothing of über, nothing of über",
    "aabaac, aabaa, aabaa",
    "abababac, ababababac, ab[hidden]",
  })
  void hidesTheSecretHoweverItIsCut(String secret, String said, String shown) throws IOException {
    byte[] bytes = said.getBytes(UTF_8);
    for (int size = 1; size <= bytes.length; size++) {
      ByteArrayOutputStream to = new ByteArrayOutputStream();
      Redaction redaction = new Redaction(to, secret);
      for (int i = 0; i < bytes.length; i += size) {
        redaction.write(bytes, i, Math.min(size, bytes.length - i));
      }
      redaction.end();
      assertThat(to.toString(UTF_8)).as("in pieces of " + size).isEqualTo(shown);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ready\n", "x"})
  void holdsNothingBackThatIsNotItsBeginning(String said) throws IOException {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    new Redaction(to, "aabaac").write(said.getBytes(UTF_8));
    assertThat(to.toString(UTF_8)).isEqualTo(said);
  }
}
