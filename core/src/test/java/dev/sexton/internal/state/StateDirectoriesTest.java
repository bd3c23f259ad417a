package dev.sexton.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateDirectoriesTest {
  private static StateDirectories known(String... variables) {
    Map<String, String> environment = new HashMap<>(Map.of("HOME", "/h"));
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return new StateDirectories(environment);
  }

  private static List<String> all(StateDirectories known, String... applications) {
    return known.all(List.of(applications)).stream()
        .map(directory -> directory.application() + "=" + directory.path())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, -, deephaven-mcp, /h/.deephaven-mcp",
        "-, -, -, mcp, /h/.sexton/mcp",
        "/s, -, -, deephaven-mcp, /h/.deephaven-mcp",
        "/s, -, -, mcp, /s/mcp",
        "/s, /d, -, mcp, /d",
        "/s, /d, -, deephaven-mcp, /d",
        "-, -, /ai, deephaven-mcp, /h/.deephaven-mcp",
        "'', '', '', mcp, /h/.sexton/mcp",
      })
  void whereAServerRegisters(
      @org.jspecify.annotations.Nullable String sextonHome,
      @org.jspecify.annotations.Nullable String stateDir,
      @org.jspecify.annotations.Nullable String dataDir,
      String application,
      Path expected) {
    Map<String, String> environment = new HashMap<>(Map.of("HOME", "/h"));
    if (sextonHome != null) {
      environment.put("SEXTON_HOME", sextonHome);
    }
    if (stateDir != null) {
      environment.put("SEXTON_STATE_DIR", stateDir);
    }
    if (dataDir != null) {
      environment.put("DH_AI_DATA_DIR", dataDir);
    }
    FileStateDirectory directory = new StateDirectories(environment).of(application);
    assertThat(directory.path()).isEqualTo(expected);
    assertThat(directory.application()).isEqualTo(application);
  }

  @Test
  void withoutHomeItIsTheJdksIdeaOfHome() {
    for (Map<String, String> environment : List.of(Map.<String, String>of(), Map.of("HOME", ""))) {
      assertThat(new StateDirectories(environment).of("mcp").path())
          .isEqualTo(Path.of(System.getProperty("user.home"), ".sexton", "mcp"));
    }
  }

  @Test
  void bothPlacesOfTheOriginalAreLookedAt() {
    assertThat(all(known(), "deephaven-mcp"))
        .containsExactly(
            "deephaven-mcp=/h/.deephaven-mcp", "deephaven-mcp=/h/.deephaven/ai/runtime");
    assertThat(all(known("DH_AI_DATA_DIR", "/ai"), "deephaven-mcp"))
        .containsExactly("deephaven-mcp=/h/.deephaven-mcp", "deephaven-mcp=/ai/runtime");
    assertThat(all(known("DH_AI_DATA_DIR", "/ai"), "mcp", "deephaven-mcp", "x"))
        .containsExactly(
            "deephaven-mcp=/h/.deephaven-mcp",
            "deephaven-mcp=/ai/runtime",
            "mcp=/h/.sexton/mcp",
            "x=/h/.sexton/x");
    assertThat(all(known(), "mcp")).containsExactly("mcp=/h/.sexton/mcp");
  }

  @Test
  void withoutAnApplicationAllAreLookedAt(@TempDir Path home) throws IOException {
    Files.createDirectories(home.resolve("b"));
    Files.createDirectories(home.resolve("a"));
    Files.createDirectories(home.resolve(".hidden"));
    Files.writeString(home.resolve("file"), "");
    assertThat(all(known("SEXTON_HOME", home.toString())))
        .containsExactly(
            "deephaven-mcp=/h/.deephaven-mcp",
            "deephaven-mcp=/h/.deephaven/ai/runtime",
            "a=" + home.resolve("a"),
            "b=" + home.resolve("b"));
    assertThat(all(known("SEXTON_HOME", home.resolve("absent").toString()))).hasSize(2);
  }

  @Test
  void aNamedDirectoryIsTheOnlyOne() {
    assertThat(all(known("SEXTON_STATE_DIR", "/d"))).containsExactly("deephaven-mcp=/d");
    assertThat(all(known("SEXTON_STATE_DIR", "/d"), "mcp")).containsExactly("mcp=/d");
    assertThat(all(known("SEXTON_STATE_DIR", "/d"), "a", "b")).containsExactly("deephaven-mcp=/d");
    assertThat(all(known("SEXTON_STATE_DIR", "/h/.sexton/mcp")))
        .containsExactly("mcp=/h/.sexton/mcp");
    assertThat(all(known("SEXTON_STATE_DIR", "/s/x/../mcp", "SEXTON_HOME", "/s")))
        .containsExactly("mcp=/s/mcp");
  }

  @Test
  void whatIsRelativeBecomesAbsolute() {
    Path here = Path.of("").toAbsolutePath();
    assertThat(known("SEXTON_STATE_DIR", "d").of("mcp").path()).isEqualTo(here.resolve("d"));
    assertThat(known("SEXTON_HOME", "s").of("mcp").path()).isEqualTo(here.resolve("s/mcp"));
  }

  @Test
  void aHomeIsNeverTheWorkingDirectory() {
    Path users = Path.of(System.getProperty("user.home"));
    for (String home : List.of("h", ".", "")) {
      assertThat(known("HOME", home).of("mcp").path()).isEqualTo(users.resolve(".sexton/mcp"));
    }
    try {
      System.setProperty("user.home", "?"); // the JDK's value for a user without a passwd entry
      for (String home : List.of("h", "?", "")) {
        StateDirectories none = known("HOME", home);
        assertThatThrownBy(() -> none.of("mcp")).isInstanceOf(InvalidPathException.class);
        assertThatThrownBy(() -> none.all(List.of())).isInstanceOf(InvalidPathException.class);
      }
      assertThat(all(known("HOME", "", "SEXTON_HOME", "/s"), "mcp")).containsExactly("mcp=/s/mcp");
      assertThat(all(known("HOME", "", "SEXTON_HOME", "/s"))).isEmpty();
      assertThat(all(known("HOME", "", "SEXTON_STATE_DIR", "/d"))).hasSize(1);
    } finally {
      System.setProperty("user.home", users.toString());
    }
  }

  @Test
  void aPathThatIsNoTextIsNoOtherPath() {
    for (String variable : List.of("HOME", "SEXTON_HOME", "SEXTON_STATE_DIR")) {
      assertThatThrownBy(() -> known(variable, "/h\uFFFD").of("mcp"))
          .isInstanceOf(InvalidPathException.class)
          .hasMessageContaining("UTF-8");
    }
  }
}
