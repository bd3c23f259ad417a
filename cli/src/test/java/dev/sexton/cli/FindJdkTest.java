package dev.sexton.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Tests `.mvn/find-jdk.sh`, which both `mvnw` and `sexton` use.
class FindJdkTest {
  private static final Path SCRIPT = Path.of("..", ".mvn", "find-jdk.sh").toAbsolutePath();

  private Path jdk;

  @BeforeEach
  void makeJdk(@TempDir Path directory) throws IOException {
    jdk = Files.createDirectories(directory.resolve("a JDK"));
    executable("bin/java");
    executable("bin/javac");
  }

  @ParameterizedTest
  @CsvSource({
    "25.0.3, yes",
    "25, yes",
    "26-ea, yes",
    "100.1, yes",
    "24.0.2, no",
    "17.0.9, no",
    "1.8.0_392, no",
    "9, no",
    "'', no",
    "nonsense, no"
  })
  void goesByTheFeatureVersion(String version, String wanted) throws Exception {
    release("JAVA_VERSION=\"" + version + "\"\n");

    assertThat(isJdk()).isEqualTo(wanted);
  }

  @Test
  void readsTheFullVersionThatACacheBelongsTo() throws Exception {
    release("IMPLEMENTOR=\"X\"\nJAVA_RUNTIME_VERSION=\"25.0.3+9-LTS\"\nJAVA_VERSION=\"25.0.3\"\n");

    assertThat(sh("read_jdk_version \"$candidate\"; echo \"$jdk_feature $jdk_version\""))
        .isEqualTo("25 25.0.3+9-LTS");
  }

  @Test
  void aReleaseFileNeedNotEndInANewline() throws Exception {
    release("JAVA_VERSION=25");

    assertThat(isJdk()).isEqualTo("yes");
  }

  @Test
  void aRuntimeWithoutACompilerIsNotEnough() throws Exception {
    release("JAVA_VERSION=\"25.0.3\"\n");
    Files.delete(jdk.resolve("bin/javac"));

    assertThat(isJdk()).isEqualTo("no");
  }

  @Test
  void aDirectoryWithoutAReleaseFileIsNone() throws Exception {
    assertThat(isJdk()).isEqualTo("no");
  }

  @Test
  void anOldJavaHomeIsPassedOver() throws Exception {
    release("JAVA_VERSION=\"17.0.9\"\n");

    assertThat(sh("JAVA_HOME=$candidate; find_jdk && echo \"$jdk\"")).doesNotContain("a JDK");
  }

  @Test
  void aFittingJavaHomeComesFirst() throws Exception {
    release("JAVA_VERSION=\"26\"\n");

    assertThat(sh("JAVA_HOME=$candidate; find_jdk && echo \"$jdk\"")).isEqualTo(jdk.toString());
  }

  private String isJdk() throws Exception {
    return sh("if is_jdk \"$candidate\"; then echo yes; else echo no; fi");
  }

  private String sh(String script) throws Exception {
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-eu", "-c", ". \"$0\"; " + script, SCRIPT.toString())
            .redirectErrorStream(true);
    shell.environment().putAll(Map.of("candidate", jdk.toString()));
    Process process = shell.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return output.strip();
  }

  private void release(String content) throws IOException {
    Files.writeString(jdk.resolve("release"), content);
  }

  private void executable(String path) throws IOException {
    Path file = jdk.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
