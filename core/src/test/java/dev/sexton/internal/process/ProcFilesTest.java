package dev.sexton.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcFilesTest {
  private final List<Process> spawned = new ArrayList<>();

  @AfterEach
  void end() {
    spawned.forEach(process -> process.destroyForcibly().onExit().join());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a) R 1 (b", "x\ny z", ")", ") Z 1 1 1 1"})
  void aRealProcessMayHaveSuchAName(String name, @TempDir Path directory) throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/self/stat")));
    Path program = Files.copy(Path.of("/bin/sleep"), directory.resolve(name));
    Process process = new ProcessBuilder(program.toString(), "900").start();
    spawned.add(process);
    Awaitility.await()
        .until(() ->
            Files.readString(Path.of("/proc/" + process.pid() + "/comm")).equals(name + "\n"));

    ProcessInfo info = Objects.requireNonNull(ProcFiles.stat(process.pid()));
    assertThat(info.pid()).isEqualTo(process.pid());
    assertThat(info.parent()).isEqualTo(ProcessHandle.current().pid());
    assertThat(info.isAlive()).isTrue();
    LinuxProcessTable table = new LinuxProcessTable(false);
    assertThat(table.find(process.pid())).isEqualTo(new ProcessLookup.Present(info));
    assertThat(table.snapshot().find(process.pid())).isNotNull();
  }

  @Test
  void noSuchProcessIsNone() throws Exception {
    for (long pid : new long[] {-1, 0, 4_194_305, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThat(ProcFiles.stat(pid)).isNull();
    }
  }

  @Test
  void marksAreReadOutOfAnEnvironmentThatHoldsAnything() throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sleep", "900");
    builder.environment().clear();
    builder.environment().put("A", "x\nSEXTON_INSTANCE=forged");
    builder.environment().put("XSEXTON_INSTANCE", "forged");
    builder.environment().put("SEXTON_INSTANCES", "forged");
    builder.environment().put("SEXTON_INSTANCE", "mcp:id=1");
    builder.environment().put("SEXTON_KEEP", "");
    Process process = builder.start();
    spawned.add(process);
    Awaitility.await()
        .until(
            () -> Files.readString(Path.of("/proc/" + process.pid() + "/comm")).equals("sleep\n"));

    Environment environment =
        Environment.of(process.pid(), "SEXTON_INSTANCE", "SEXTON_KEEP", "NONE");
    assertThat(environment.source()).isEqualTo(InstanceMarker.Source.READ);
    assertThat(environment.value(0)).isEqualTo("mcp:id=1");
    assertThat(environment.value(1)).isEmpty();
    assertThat(environment.value(2)).isNull();
    assertThat(Environment.of(-1, "SEXTON_INSTANCE").source())
        .isEqualTo(InstanceMarker.Source.NONE);
  }

  @ParameterizedTest
  @CsvSource({"52118.75 46519.72, 52118750", "7 8, 7000", "0.5, 500", "1.2345 2, 1234", "'', 0"})
  void readsSecondsWithAnyNumberOfDecimals(String text, long millis) {
    assertThat(LinuxMachine.millis(text.getBytes(StandardCharsets.ISO_8859_1))).isEqualTo(millis);
  }
}
