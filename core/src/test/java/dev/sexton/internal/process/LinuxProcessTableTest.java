package dev.sexton.internal.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tests on real processes.
class LinuxProcessTableTest {
  private final ProcessTable table = new LinuxProcessTable(false);
  private @Nullable Process child;

  @BeforeEach
  void needsProc() {
    assumeTrue(Files.exists(Path.of("/proc/self/stat")), "Linux");
  }

  @AfterEach
  void endChild() {
    if (child != null) {
      child.destroyForcibly().onExit().join();
    }
  }

  /// Starts a shell that becomes another program once it has read a line.
  private Process shell(String program, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", "read line; exec " + program);
    builder.environment().putAll(environment);
    Process process = builder.start();
    child = process;
    Awaitility.await().until(() -> name(process).equals("sh"));
    return process;
  }

  private static String name(Process process) throws IOException {
    return Files.readString(Path.of("/proc/" + process.pid() + "/comm")).strip();
  }

  private static void become(Process process, String program) throws IOException {
    try (OutputStream in = process.getOutputStream()) {
      in.write('\n');
    }
    Awaitility.await().until(() -> name(process).equals(program));
  }

  private ProcessInfo info(Process process) {
    return requireNonNull(table.snapshot().find(process.pid()));
  }

  private InstanceMarker mark(Process process) {
    return table.mark(info(process));
  }

  @Test
  void aMarkThatComesWithAnotherProgramIsSeen() throws Exception {
    Process process = shell("env SEXTON_INSTANCE=app:id sleep 1000", Map.of());
    assertThat(table.isKnownUnmarked(info(process))).isFalse();
    assertThat(mark(process)).isEqualTo(new InstanceMarker(null, false));
    assertThat(table.isKnownUnmarked(info(process))).isTrue();

    become(process, "sleep");

    assertThat(table.isKnownUnmarked(info(process))).isFalse();
    assertThat(mark(process)).isEqualTo(new InstanceMarker("app:id", false));
    assertThat(table.isKnownUnmarked(info(process))).isFalse();
  }

  @Test
  void aMarkThatGoesWithAnotherProgramIsGone() throws Exception {
    Process process = shell("env SEXTON_KEEP=1 sleep 1000", Map.of("SEXTON_INSTANCE", "app:id"));
    assertThat(mark(process)).isEqualTo(new InstanceMarker("app:id", false));

    become(process, "sleep");

    assertThat(mark(process)).isEqualTo(new InstanceMarker("app:id", true));
  }

  @Test
  void aProcessKeepsItsImageAndGetsAnotherWithAnotherProgram() throws Exception {
    Process process = shell("sleep 1000", Map.of());
    long before = info(process).image().number();
    assertThat(before).isNotZero();
    assertThat(info(process).image().number()).isEqualTo(before);

    become(process, "sleep");

    assertThat(info(process).image().number()).isNotZero().isNotEqualTo(before);
  }
}
