package dev.sexton.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReapCommandLineTest {
  private static final String ID = "00000000-0000-4000-8000-000000000001";

  @TempDir Path directory;

  private List<String> command(Map<String, String> environment) throws IOException {
    return ReapCommandLine.of(environment, ID, directory);
  }

  private Path program(String name, String rights) throws IOException {
    Path program = Files.writeString(directory.resolve(name), "#!/bin/sh\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString(rights));
  }

  @Test
  void withoutALauncherItIsTheSameJavaWithTheLibrarysOwnJars() throws IOException {
    List<String> command = command(Map.of());
    assertThat(Path.of(command.getFirst())).isExecutable();
    assertThat(command)
        .endsWith(Reap.class.getName(), ID, "--state-dir", directory.toString())
        .contains("-Xlog:disable");
    String classPath = command.get(command.indexOf("-cp") + 1);
    assertThat(List.of(classPath.split(File.pathSeparator, -1)))
        .as("core and gson, and not the whole class path")
        .hasSize(2)
        .allSatisfy(place -> assertThat(Path.of(place)).isAbsolute().exists());
  }

  @Test
  void aLauncherThatIsNamedIsPreferred() throws IOException {
    Path launcher = program("sexton", "rwx------");
    assertThat(command(Map.of("SEXTON_COMMAND", launcher.toString())))
        .containsExactly(launcher.toString(), "reap", ID, "--state-dir", directory.toString());
  }

  @Test
  void aLauncherIsFoundOnThePath() throws IOException {
    Path launcher = program("sexton-here", "rwx------");
    assertThat(command(Map.of("SEXTON_COMMAND", "sexton-here", "PATH", "/nowhere:" + directory)))
        .startsWith(launcher.toString(), "reap");
  }

  @Test
  void aLauncherThatCannotBeRunIsToldOfAtOnce() throws IOException {
    Path text = program("text", "rw-------");
    for (String named : List.of(text.toString(), "/no/such/program", "no-such-program", "/")) {
      assertThatThrownBy(() -> command(Map.of("SEXTON_COMMAND", named)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(named);
    }
  }
}
