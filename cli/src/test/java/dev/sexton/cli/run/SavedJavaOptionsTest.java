package dev.sexton.cli.run;

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
  void aServerGetsTheOldLocale() {
    Map<String, String> environment =
        new HashMap<>(Map.of("SEXTON_SAVED_LC_ALL", "xx_YY.UTF-8", "LC_ALL", "C.UTF-8"));

    SavedJavaOptions.restore(environment);

    assertThat(environment).containsOnly(Map.entry("LC_ALL", "xx_YY.UTF-8"));
  }

  @Test
  void aServerGetsNoLocaleIfThereWasNone() {
    Map<String, String> environment =
        new HashMap<>(Map.of("SEXTON_SAVED_LC_ALL", "", "LC_ALL", "C.UTF-8", "LANG", "C"));

    SavedJavaOptions.restore(environment);

    assertThat(environment).containsOnly(Map.entry("LANG", "C"));
  }

  @Test
  void whatWasNotHiddenStays() {
    Map<String, String> environment = new HashMap<>(Map.of("_JAVA_OPTIONS", "-Xint"));

    SavedJavaOptions.restore(environment);

    assertThat(environment).containsOnly(Map.entry("_JAVA_OPTIONS", "-Xint"));
  }
}
