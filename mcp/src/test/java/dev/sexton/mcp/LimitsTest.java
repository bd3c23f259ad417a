package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.cli.Io;
import dev.sexton.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
  @TempDir Path temporary;
  private Path allowed;
  private Path outside;

  @BeforeEach
  void makeDirectories() throws IOException {
    Path root = temporary.toRealPath();
    allowed = root.resolve("allowed");
    Files.createDirectories(allowed.resolve("below"));
    outside = Files.createDirectory(root.resolve("allowed-not"));
    Files.createSymbolicLink(allowed.resolve("link"), outside);
  }

  private static Limits limits(
      @Nullable List<String> names, @Nullable List<Path> directories, List<Path> mounts) {
    return new Limits(
        1, Duration.ZERO, Duration.ZERO, names, names, directories, mounts, 4096, Duration.ZERO);
  }

  @ParameterizedTest
  @CsvSource({
    "python3, python3, true",
    "python3, /tmp/python3, false",
    "python*, python3.12, true",
    "/opt/tools/*, /opt/tools/a/b, true",
    "/opt/tools/*, /opt/tools/../sh, false",
    "/opt/tools/*, opt/tools/x, false",
    "/opt/tools/*, tool, false",
    "python3, sh, false",
  })
  void commands(String pattern, String command, boolean permitted) {
    var refused =
        assertThatCode(() -> limits(List.of(pattern), null, List.of()).requireCommand(command));
    if (permitted) {
      refused.doesNotThrowAnyException();
    } else {
      refused.hasMessageContaining("limit commands").hasMessageContaining("--commands");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "busybox, busybox, true",
    "busybox, busybox:evil, false",
    "registry.example/team/*, registry.example/team/app/x:1, true",
    "registry.example/team/*, registry.example/team2/app, false",
  })
  void images(String pattern, String image, boolean permitted) {
    var refused =
        assertThatCode(() -> limits(List.of(pattern), null, List.of()).requireImage(image));
    if (permitted) {
      refused.doesNotThrowAnyException();
    } else {
      refused.hasMessageContaining("limit images").hasMessageContaining("--images");
    }
  }

  @Test
  void directoriesAreWhatTheyReallyAre() throws RefusalException {
    Limits limits = limits(null, List.of(allowed), List.of(allowed));
    assertThat(limits.requireDirectory(allowed + "/below/..")).isEqualTo(allowed);
    assertThat(limits.requireMount(allowed + "/below")).isEqualTo(allowed.resolve("below"));
    for (String wrong :
        List.of(
            outside.toString(),
            allowed + "/../allowed-not",
            allowed + "/link",
            "/",
            "relative",
            allowed + "/missing")) {
      assertThatThrownBy(() -> limits.requireDirectory(wrong)).isInstanceOf(RefusalException.class);
      assertThatThrownBy(() -> limits.requireMount(wrong)).isInstanceOf(RefusalException.class);
    }
  }

  @Test
  void nothingIsMountedUnlessItIsAllowed() {
    assertThatThrownBy(() -> limits(null, null, List.of()).requireMount("/etc"))
        .hasMessageContaining("nothing may be mounted");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"max_session\": 1}       | unknown limit max_session",
        "{\"max_sessions\": 0}      | write a number from 1",
        "{\"max_sessions\": \"x\"}  | write a number from 1",
        "{\"max_idle\": \"soon\"}   | is no duration",
        "{\"commands\": \"sh\"}     | is no array of strings",
        "{\"mounts\": [\"/nosuch\"]} | does not exist",
        "[]                         | no JSON object",
        "{                          | no JSON",
      })
  void aFileThatIsWrongIsNoFileWithoutLimits(String content, String said) throws IOException {
    Path file = Files.writeString(temporary.resolve("limits.json"), content);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
    Io io =
        new Io(
            nowhere,
            new PrintStream(err, true, UTF_8),
            false,
            false,
            Map.of("HOME", temporary.toString()));
    assertThat(Main.run(io, "mcp", "--limits", file.toString())).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains(said).containsOnlyOnce("\n");
  }
}
