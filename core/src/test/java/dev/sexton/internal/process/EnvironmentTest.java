package dev.sexton.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.process.InstanceMarker.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Tests what an intact or overwritten environment reveals, for texts and for real processes.
class EnvironmentTest {
  private static final String NAME = "SEXTON_INSTANCE";

  private static final int READS_DURING_EXEC = 100_000;

  private static Environment parse(String text) {
    return Environment.parse(text.getBytes(StandardCharsets.UTF_8), NAME, "SEXTON_KEEP");
  }

  @Test
  void anIntactOne() {
    Environment environment = parse("PATH=/bin\0SEXTON_INSTANCE=a:1\0EMPTY=\0SEXTON_KEEP=1\0");
    assertThat(environment.source()).isEqualTo(Source.READ);
    assertThat(environment.value(0)).isEqualTo("a:1");
    assertThat(environment.value(1)).isEqualTo("1");
  }

  @Test
  void anIntactOneWithoutTheVariables() {
    Environment environment = parse("PATH=/bin\0MY_SEXTON_INSTANCE=a:1\0SEXTON_INSTANCES=b\0");
    assertThat(environment.source()).isEqualTo(Source.READ);
    assertThat(environment.value(0)).isNull();
  }

  @Test
  void theFirstOfTwoCounts() {
    assertThat(parse("SEXTON_INSTANCE=a:1\0SEXTON_INSTANCE=b:2\0").value(0)).isEqualTo("a:1");
  }

  @Test
  void aValueMayHaveAnEqualsSignAndALineBreak() {
    assertThat(parse("SEXTON_INSTANCE=a=b\nc\0").value(0)).isEqualTo("a=b\nc");
  }

  @Test
  void aTitleWithPaddingWroteOverIt() {
    assertThat(parse("server: worker\0\0\0\0\0").source()).isEqualTo(Source.OVERWRITTEN);
    assertThat(parse("server: worker      \0").source()).isEqualTo(Source.OVERWRITTEN);
    assertThat(parse("\0\0\0\0").source()).isEqualTo(Source.OVERWRITTEN);
  }

  @Test
  void aTitleWithoutAnEndWroteOverIt() {
    assertThat(parse("server: worker").source()).isEqualTo(Source.OVERWRITTEN);
  }

  @Test
  void aTitleThatLooksLikeAVariableWithoutAnEndWroteOverIt() {
    assertThat(parse("listen=80").source()).isEqualTo(Source.OVERWRITTEN);
  }

  @Test
  void theMarkMayBeInWhatIsLeft() {
    Environment environment = parse("server: worker\0\0\0SEXTON_INSTANCE=a:1\0");
    assertThat(environment.source()).isEqualTo(Source.OVERWRITTEN);
    assertThat(environment.value(0)).isEqualTo("a:1");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aRealProcess() throws IOException {
    with(List.of("sleep", "60"), process -> assertIsRead(process));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aRealProcessWithAnEmptyEnvironment() throws IOException {
    with(
        List.of("env", "-i", "sleep", "60"),
        process -> {
          await(process, "sleep");
          Environment environment = Environment.of(process.pid(), NAME);
          assertThat(environment.source()).isEqualTo(Source.NONE);
          assertThat(environment.value(0)).isNull();
        });
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aRealProcessWhoseFirstThreadHasEnded() throws IOException {
    String program =
        """
        import ctypes, threading, time
        threading.Thread(target=lambda: time.sleep(60)).start()
        ctypes.CDLL(None).pthread_exit(None)
        """;
    with(
        List.of("python3", "-c", program),
        process -> {
          Awaitility.await()
              .atMost(Duration.ofSeconds(30))
              .until(() -> ProcFiles.text("/proc/" + process.pid() + "/stat").contains(") Z "));
          assertIsRead(process);
        });
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aRealProcessThatHasEnded() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    assertThat(Environment.of(process.pid(), NAME).source()).isEqualTo(Source.NONE);
  }

  /// A script that executes itself for ever is in an exec most of the time.
  @Test
  @EnabledOnOs(OS.LINUX)
  void aRealProcessDuringAnExec(@TempDir Path directory) throws IOException {
    Path script = directory.resolve("again");
    Files.writeString(script, "exec sh \"$0\"\n");
    with(
        List.of("sh", script.toString()),
        process -> {
          for (int i = 0; i < READS_DURING_EXEC; i++) {
            Environment environment = Environment.of(process.pid(), NAME);
            assertThat(environment.source()).as("read %d", i).isEqualTo(Source.READ);
            assertThat(environment.value(0)).isEqualTo("a:1");
          }
        });
  }

  private static void assertIsRead(Process process) {
    Environment environment = Environment.of(process.pid(), NAME);
    assertThat(environment.source()).isEqualTo(Source.READ);
    assertThat(environment.value(0)).isEqualTo("a:1");
  }

  private interface Check {
    void accept(Process process) throws IOException;
  }

  private static void with(List<String> command, Check check) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(Map.of(NAME, "a:1"));
    Process process = builder.start();
    try {
      check.accept(process);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void await(Process process, String title) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> ProcFiles.text("/proc/" + process.pid() + "/comm").strip().equals(title));
  }
}
