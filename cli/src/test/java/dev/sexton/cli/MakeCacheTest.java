package dev.sexton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Tests that the training of the AOT cache, which sweeps, cannot reach what the user's environment
/// leads to.
@DisabledOnOs(OS.WINDOWS)
class MakeCacheTest {
  private static final List<String> VARIABLES =
      List.of(
          "HOME",
          "SEXTON_HOME",
          "SEXTON_STATE_DIR",
          "DOCKER_HOST",
          "DOCKER_CONTEXT",
          "DOCKER_TLS_VERIFY",
          "SSH_AUTH_SOCK",
          "SEXTON_KUBERNETES",
          "KUBECONFIG",
          "JAVA_TOOL_OPTIONS");

  @Test
  void theTrainingHasNoneOfTheUsersVariables(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
    Path seen = directory.resolve("seen");
    Files.writeString(java, "#!/bin/sh\nenv >>'" + seen + "'\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh",
            "-c",
            ". ../cli/dist/functions.sh && make_cache \"$@\"",
            "sh",
            directory.resolve("jdk").toString(),
            "x.jar",
            "options",
            directory.resolve("cache").toString(),
            "Main");
    VARIABLES.forEach(name -> builder.environment().put(name, "/the/users"));

    builder.inheritIO().start().waitFor();

    assertThat(seen).content().contains("HOME=").contains("PATH=").doesNotContain("/the/users");
    assertThat(Files.readAllLines(seen)).filteredOn(line -> line.startsWith("HOME=")).hasSize(2);
  }
}
