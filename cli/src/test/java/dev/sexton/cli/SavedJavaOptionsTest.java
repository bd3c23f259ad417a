package dev.sexton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SavedJavaOptionsTest {
  @Test
  void aServerGetsTheOptionsThatTheLauncherHid() {
    Map<String, String> environment =
        new HashMap<>(Map.of("SEXTON_SAVED_JAVA_TOOL_OPTIONS", "-Xmx1g", "PATH", "/bin"));

    SavedJavaOptions.restore(environment);

    assertThat(environment)
        .containsExactlyInAnyOrderEntriesOf(Map.of("JAVA_TOOL_OPTIONS", "-Xmx1g", "PATH", "/bin"));
  }

  @Test
  void whatWasNotHiddenStays() {
    Map<String, String> environment = new HashMap<>(Map.of("_JAVA_OPTIONS", "-Xint"));

    SavedJavaOptions.restore(environment);

    assertThat(environment).containsOnly(Map.entry("_JAVA_OPTIONS", "-Xint"));
  }
}
