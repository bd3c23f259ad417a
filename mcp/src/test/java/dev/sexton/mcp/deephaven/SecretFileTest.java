package dev.sexton.mcp.deephaven;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SecretFileTest {
  @Test
  void isReadByOthersWithoutHavingAName() throws Exception {
    Path named;
    Path path;
    try (SecretFile file = SecretFile.of("a=ü\n")) {
      path = file.path();
      String target = Files.readSymbolicLink(path).toString();
      named = Path.of(target.replace(" (deleted)", ""));
      assertThat(named).doesNotExist();
      assertThat(Files.getPosixFilePermissions(path).toString()).doesNotContain("GROUP", "OTHERS");
      Process reader = new ProcessBuilder(List.of("cat", path.toString())).start();
      assertThat(new String(reader.getInputStream().readAllBytes(), UTF_8)).isEqualTo("a=ü\n");
      assertThat(reader.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(Files.exists(path) && Files.readSymbolicLink(path).startsWith(named)).isFalse();
  }
}
