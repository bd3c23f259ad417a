package dev.sexton.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.testkit.Launcher;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests `sexton run --memory --tasks`. A machine that runs tests rarely runs systemd. Here, a
/// script stands in for `systemd-run`, and a mount namespace shows the limits that it would set.
@Gate("needs root")
class ServerLimitsTest {
  /// Prints its PID, its environment and its directory.
  private static final String SERVER = "echo pid $$; env; echo in $(pwd)";

  @TempDir private Path directory;
  private Path launcher;
  private Path home;
  private Path groups;

  private record Ended(int exitCode, long pid, List<String> out, String err) {}

  @BeforeEach
  void install() throws IOException {
    Requirement.root();
    launcher = Launcher.install(Files.createDirectory(directory.resolve("a place")));
    home = Files.createDirectory(directory.resolve("home"));
    groups = Files.createDirectory(directory.resolve("groups"));
    Files.createDirectory(directory.resolve("bin"));
  }

  @AfterEach
  void end() {
    Watchers.end(home.resolve(".sexton"));
  }

  /// Installs a `systemd-run` that notes its arguments and becomes what follows `--`.
  private void installSystemd(String last) throws IOException {
    Path program = directory.resolve("bin/systemd-run");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo "$*" >>'%s/calls'
        while [ "$1" != -- ]; do shift; done
        shift
        %s
        """
            .formatted(directory, last));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// Lets the kernel's files show limits.
  private void showLimits(String memory, String tasks) throws IOException {
    Files.writeString(groups.resolve("memory.max"), memory + "\n");
    Files.writeString(groups.resolve("pids.max"), tasks + "\n");
  }

  private Ended run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c"));
    // The group of every process is the topmost one in a cgroup namespace of its own.
    command.add(
        "mount --bind '%s' /sys/fs/cgroup && exec unshare --cgroup \"$@\"".formatted(groups));
    command.addAll(List.of("sh", launcher.toString(), "run"));
    command.addAll(List.of(options));
    command.addAll(List.of("--", "sh", "-c", SERVER));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("err").toFile());
    builder.environment().clear();
    builder.environment().put("HOME", home.toString());
    builder.environment().put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("PWD", home.toString());
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(
        process.exitValue(),
        process.pid(),
        Files.readAllLines(directory.resolve("out"), UTF_8),
        Files.readString(directory.resolve("err"), UTF_8));
  }

  @Test
  void theServerRunsInAScopeWithItsLimitsAndKeepsItsPid() throws Exception {
    installSystemd("exec \"$@\"");
    showLimits("536870912", "50");

    Ended ended = run("--memory", "512M", "--tasks=50", "--name", "limited");

    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isZero();
    assertThat(ended.out()).contains("pid " + ended.pid(), "in " + home, "PWD=" + home);
    assertThat(ended.out()).anyMatch(line -> line.startsWith("SEXTON_INSTANCE=mcp:"));
    assertThat(ended.out())
        .noneMatch(line -> line.matches("(SEXTON_LIMITED|SEXTON_PWD|XDG_RUNTIME_DIR|_sexton).*"));
    assertThat(Files.readAllLines(directory.resolve("calls")))
        .hasSize(2)
        .allMatch(call ->
            call.startsWith(
                "--scope --quiet --collect -p Delegate=yes -p MemoryMax=512M -p TasksMax=50"))
        .last()
        .asString()
        .endsWith(
            "-- "
                + launcher
                + " --limited run --memory 512M --tasks=50 --name limited -- sh -c "
                + SERVER);
  }

  @Test
  void aLimitThatTheKernelDoesNotShowIsReported() throws Exception {
    installSystemd("exec \"$@\"");
    showLimits("max", "50");

    Ended ended = run("--memory", "512M", "--tasks", "50");

    assertThat(ended.err()).startsWith("sexton: this server runs without its limits: systemd does");
    assertThat(ended.err().lines()).hasSize(1);
    assertThat(ended.out()).contains("pid " + ended.pid());
  }

  @Test
  void aServerWithoutItsLimitsDoesNotStartIfItMustNot() throws Exception {
    installSystemd("exec \"$@\"");
    showLimits("max", "max");

    Ended ended = run("--tasks", "50", "--strict");

    assertThat(ended.exitCode()).isEqualTo(3);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err().lines()).hasSize(1);
  }

  @Test
  void aSystemdThatDoesNotAnswerDoesNotKeepTheServerFromStarting() throws Exception {
    installSystemd("exit 1");

    Ended ended = run("--memory", "1G");

    assertThat(ended.err())
        .startsWith("sexton: this server runs without its limits: systemd-run fails");
    assertThat(ended.out()).contains("pid " + ended.pid());
    assertThat(ended.out()).noneMatch(line -> line.matches("(SEXTON_LIMITED|XDG_RUNTIME_DIR).*"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--memory=0",
        "--memory=K",
        "--memory=5X",
        "--memory=",
        "--memory=-1",
        "--memory=1.5G",
        "--memory=9999999999999",
        "--tasks=0",
        "--tasks=many",
        "--tasks=",
        "--tasks=99999999"
      })
  void aValueThatIsNoLimitIsWrongUsage(String option) throws Exception {
    installSystemd("exec \"$@\"");

    Ended ended = run(option);

    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains(option.substring(0, option.indexOf('=')));
    assertThat(directory.resolve("calls")).doesNotExist();
  }
}
