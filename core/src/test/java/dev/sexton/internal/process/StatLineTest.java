package dev.sexton.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatLineTest {
  private static final String REST =
      " 7 8 42 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 123456 99 98 97 96\n";

  private static @Nullable ProcessInfo parse(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
    return StatLine.parse(bytes, bytes.length);
  }

  private static ProcessInfo parsed(ProcessInfo.State state, ProcessInfo.Image image) {
    return new ProcessInfo(
        5, StartTime.ticks(123_456), new ProcessInfo.Ancestry(7, 42), state, image);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sleep",
        "",
        ")",
        "(",
        "))))",
        "a) R 1 (b",
        ") Z 1 1 1 1 1 1",
        "two\nlines",
        "a b  c",
        "\u00ff\u00fe",
        "1 (x) S 2",
        "((sd-pam))",
        "tab\tin"
      })
  void aNameMayHoldAnything(String name) {
    assertThat(parse("5 (" + name + ") S" + REST))
        .isEqualTo(parsed(ProcessInfo.State.RUNNING, ProcessInfo.Image.UNKNOWN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Z", "X", "x"})
  void theDeadAreZombies(String state) {
    assertThat(parse("5 (x) " + state + REST))
        .isEqualTo(parsed(ProcessInfo.State.ZOMBIE, ProcessInfo.Image.UNKNOWN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"T", "t"})
  void theStoppedAreStopped(String state) {
    assertThat(parse("5 (x) " + state + REST))
        .isEqualTo(parsed(ProcessInfo.State.STOPPED, ProcessInfo.Image.UNKNOWN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"R", "S", "D", "I", "W", "P", "K", "?"})
  void allOthersRun(String state) {
    assertThat(parse("5 (x) " + state + REST))
        .isEqualTo(parsed(ProcessInfo.State.RUNNING, ProcessInfo.Image.UNKNOWN));
  }

  @Test
  void imageIsWhereTheEnvironmentBegins() {
    String upTo49 = REST.stripTrailing() + " 1".repeat(23);
    assertThat(parse("5 (x) S" + upTo49 + " 140720000000000 2 0\n"))
        .isEqualTo(
            parsed(ProcessInfo.State.RUNNING, new ProcessInfo.Image(false, 140_720_000_000_000L)));
  }

  @Test
  void threadsOfTheKernelAreToldByTheirFlag() {
    String line = "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 12 0 0\n";
    assertThat(parse(line))
        .isEqualTo(
            new ProcessInfo(
                2,
                StartTime.ticks(12),
                ProcessInfo.Ancestry.UNKNOWN,
                ProcessInfo.State.RUNNING,
                ProcessInfo.Image.KERNEL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "5 (x",
        "5 x) S 1 2 3",
        "5 (x)",
        "5 (x) ",
        "5 (x) S",
        "5 (x) S 1 2 3",
        "\0\0\0\0",
        "5 (x) S 7 8 42 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0",
        ")("
      })
  void whatIsCutOffIsNoProcess(String line) {
    assertThat(parse(line)).isNull();
  }
}
