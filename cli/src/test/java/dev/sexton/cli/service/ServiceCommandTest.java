package dev.sexton.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests the command with scripts in place of systemd's commands, which note how they are called.
class ServiceCommandTest {
  private static final String LAUNCHER = "/opt/a 100% $place/sexton";

  @TempDir private Path home;
  private Path calls;
  private Path unit;

  @BeforeEach
  void prepare() throws IOException {
    calls = home.resolve("calls");
    unit = home.resolve(".config/systemd/user/sexton-watch.service");
    Files.createDirectory(home.resolve("bin"));
    program("systemctl", "case $2 in is-active) echo active ;; esac");
    program("loginctl", "echo no");
  }

  private void program(String name, String script) throws IOException {
    Path file = home.resolve("bin").resolve(name);
    Files.writeString(file, "#!/bin/sh\necho \"" + name + " $*\" >>'" + calls + "'\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private CommandRun service(String... action) {
    String[] args = new String[action.length + 1];
    args[0] = "service";
    System.arraycopy(action, 0, args, 1, action.length);
    return CommandRun.of(
        home,
        Map.of("SEXTON_COMMAND", LAUNCHER, "PATH", home.resolve("bin").toString()),
        false,
        args);
  }

  @Test
  void installWritesEnablesAndStarts() throws IOException {
    CommandRun run = service("install");

    assertThat(run.exitCode()).isZero();
    assertThat(run.errLines()).singleElement().asString().contains("loginctl enable-linger");
    assertThat(Files.readAllLines(unit))
        .contains("ExecStart=\"/opt/a 100%% $$place/sexton\" watch", "SuccessExitStatus=143");
    assertThat(Files.readAllLines(calls))
        .containsSubsequence(
            "systemctl --user daemon-reload",
            "systemctl --user enable sexton-watch.service",
            "systemctl --user restart sexton-watch.service");
  }

  @Test
  void installAgainChangesNothingInTheUnit() throws IOException {
    service("install");
    Object written = Files.getAttribute(unit, "unix:ino");

    assertThat(service("install").exitCode()).isZero();
    assertThat(Files.getAttribute(unit, "unix:ino")).isEqualTo(written);
  }

  @Test
  void removeLeavesNothing() throws IOException {
    service("install");

    assertThat(service("remove").exitCode()).isZero();

    assertThat(unit).doesNotExist();
    assertThat(Files.readAllLines(calls))
        .containsSubsequence(
            "systemctl --user disable --now sexton-watch.service",
            "systemctl --user daemon-reload");
    assertThat(service("remove").exitCode()).isZero();
    assertThat(service("status").exitCode()).isEqualTo(1);
  }

  @Test
  void statusSaysWhetherItRuns() throws IOException {
    service("install");
    assertThat(service("status", "--json").json().get("running").getAsBoolean()).isTrue();

    program("systemctl", "echo failed; exit 3");

    CommandRun run = service("status");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.outLines()).containsExactly(unit + ": not running (failed)");
  }

  @Test
  void anothersUnitIsNotTouched() throws IOException {
    Files.createDirectories(unit.getParent());
    Files.writeString(unit, "[Service]\nExecStart=/mine\n");

    assertThat(service("install").exitCode()).isEqualTo(3);
    assertThat(service("remove").exitCode()).isEqualTo(3);

    assertThat(Files.readAllLines(unit)).isEqualTo(List.of("[Service]", "ExecStart=/mine"));
    assertThat(Files.readAllLines(calls)).noneMatch(call -> call.contains("able"));
  }

  @Test
  void withoutSystemdThereIsALineForCron() throws IOException {
    program("systemctl", "echo 'Failed to connect to bus'; exit 1");

    CommandRun run = service("install");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.errLines())
        .singleElement()
        .asString()
        .contains("Failed to connect to bus", "@reboot '" + LAUNCHER + "' watch");
    assertThat(unit).doesNotExist();
    Files.delete(home.resolve("bin/systemctl"));
    assertThat(service("install").errLines()).singleElement().asString().contains("no systemctl");
  }

  @Test
  void otherActionsAreWrongUsage() {
    assertThat(service().exitCode()).isEqualTo(2);
    assertThat(service("start").exitCode()).isEqualTo(2);
  }
}
