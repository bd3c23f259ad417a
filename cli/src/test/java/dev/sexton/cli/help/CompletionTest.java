package dev.sexton.cli.help;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.cli.CommandRun;
import dev.sexton.cli.StateFixture;
import dev.sexton.testsupport.Requirement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests the completion scripts in real shells, and the manual page with groff.
class CompletionTest {
  private static final String FIRST = "0a7710e5-0000-4000-8000-000000000001";
  private static final String SECOND = "b17710e5-0000-4000-8000-000000000002";
  private static final String THIRD = "b27710e5-0000-4000-8000-000000000003";

  @TempDir Path directory;

  /// Writes a `sexton` that prints what the real one does for three instances.
  @BeforeEach
  void writeProgram() throws IOException {
    StateFixture fixture = new StateFixture(directory);
    fixture.write(FIRST + ".json", record(FIRST, "web"));
    fixture.write(SECOND + ".json", record(SECOND, "my server"));
    fixture.write(THIRD + ".json", record(THIRD, "$(touch stolen)"));
    Path list = Files.writeString(directory.resolve("list"), fixture.run("list", "--json").out());
    Path program =
        Files.writeString(
            Files.createDirectory(directory.resolve("bin")).resolve("sexton"),
            "#!/bin/sh\ncat '" + list + "'\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Files.createDirectory(directory.resolve("folder"));
    Files.createFile(directory.resolve("file.json"));
  }

  private static String record(String id, String name) {
    return """
    {"instance_id": "%s", "pid": 512, "started_at": "2026-01-01T00:00:00Z",
     "python_processes": {}, "schema": 1, "application": "mcp", "name": "%s",
     "owner": {"pid": 512, "start": 5, "host": "elsewhere", "boot": "b", "pid_namespace": "n",
      "unit": "ticks"}}
    """
        .formatted(id, name);
  }

  /// Returns the candidates for the end of a command line, sorted.
  private List<String> complete(String shell, String line) throws Exception {
    requireProgram(shell);
    Path script = directory.resolve("script");
    Files.writeString(script, CommandRun.of(directory, "completion", shell).out());
    Path driver = directory.resolve("complete." + shell);
    try (InputStream resource =
        Objects.requireNonNull(CompletionTest.class.getResourceAsStream("complete." + shell))) {
      Files.write(driver, resource.readAllBytes());
    }
    List<String> command = new ArrayList<>(List.of(shell));
    if (shell.equals("zsh")) {
      command.add("-f");
    }
    command.addAll(List.of(driver.toString(), script.toString()));
    if (shell.equals("bash")) {
      command.addAll(List.of(line.replace("=", " = ").split(" ", -1)));
    } else {
      command.addAll(List.of(line, directory.toString()));
    }
    return List.copyOf(new TreeSet<>(run(command)));
  }

  private List<String> run(List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.redirectError(directory.resolve("err").toFile());
    builder.redirectOutput(directory.resolve("out").toFile());
    builder.environment().put("HOME", directory.toString());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().merge("PATH", "", (path, none) -> directory + "/bin:" + path);
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    assertThat(Files.readString(directory.resolve("err"))).isEmpty();
    assertThat(process.exitValue()).isZero();
    return Files.readString(directory.resolve("out"), UTF_8).lines().toList();
  }

  /// Skips or fails the test if a program is missing.
  private static void requireProgram(String name) {
    boolean isInstalled =
        Stream.of(System.getenv("PATH").split(":", -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, name)));
    Requirement.SHELLS.check(isInstalled, name + " is not installed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void completesCommandsAndOptions(String shell) throws Exception {
    assertThat(complete(shell, "sexton s"))
        .containsExactlyInAnyOrder("setup", "service", "stop", "sweep");
    assertThat(complete(shell, "sexton ")).contains("run", "man", "help").doesNotContain("reap");
    assertThat(complete(shell, "sexton --state-dir . --json swe")).containsExactly("sweep");
    assertThat(complete(shell, "sexton sweep --d")).containsExactly("--dry-run");
    assertThat(complete(shell, "sexton help d")).containsExactly("demo", "doctor");
    assertThat(complete(shell, "sexton completion ")).containsExactly("bash", "fish", "zsh");
    assertThat(complete(shell, "sexton list ")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void completesValues(String shell) throws Exception {
    assertThat(complete(shell, "sexton run --on-client-exit ")).containsExactly("keep", "stop");
    assertThat(complete(shell, "sexton run --after-stdin-close n")).containsExactly("never");
    assertThat(complete(shell, "sexton list --state-dir fo"))
        .allSatisfy(found -> assertThat(found).startsWith("folder"))
        .isNotEmpty();
    assertThat(complete(shell, "sexton sweep --grace ")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void completesInstances(String shell) throws Exception {
    assertThat(complete(shell, "sexton sweep --instance ")).containsExactly(FIRST, SECOND, THIRD);
    assertThat(complete(shell, "sexton history --instance 0a")).containsExactly(FIRST);
    assertThat(complete(shell, "sexton stop ")).contains(FIRST, SECOND, THIRD, "web");
    assertThat(complete(shell, "sexton stop w")).containsExactly("web");
    assertThat(complete(shell, "sexton stop web ")).doesNotContain(FIRST, "web");
    assertThat(directory.resolve("stolen")).doesNotExist();
  }

  @Test
  void bashAlsoCompletesAValueBehindAnEqualsSign() throws Exception {
    assertThat(complete("bash", "sexton run --on-client-exit=")).containsExactly("keep", "stop");
    assertThat(complete("bash", "sexton run --on-client-exit=k")).containsExactly("keep");
    assertThat(complete("bash", "sexton run --grace=5s --str")).containsExactly("--strict");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void leavesTheServersCommandToItsOwnCompletion(String shell) throws Exception {
    assertThat(complete(shell, "sexton run --name run sext")).containsExactly("sexton");
    assertThat(complete(shell, "sexton run --strict -- cat file.j")).containsExactly("file.json");
    assertThat(complete(shell, "sexton run cat --nam")).doesNotContain("--name");
  }

  @Test
  void groffShowsTheManualPageWithoutWarnings() throws Exception {
    requireProgram("groff");
    Path page =
        Files.writeString(directory.resolve("sexton.1"), CommandRun.of(directory, "man").out());

    assertThat(String.join("\n", run(List.of("groff", "-ww", "-man", "-Tascii", page.toString()))))
        .contains("sexton sweep")
        .contains("also sweep it if its state is UNKNOWN");
  }
}
