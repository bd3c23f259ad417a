package dev.sexton.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testkit.HomeTestBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// The record of each session holds the values of `sexton mcp --keep`.
@EnabledOnOs(OS.LINUX)
class KeepTest extends HomeTestBase {

  @Test
  void thePatternsAreInTheRecordOfASession() throws IOException {
    DirectClient client =
        new DirectClient(processes, home, Map.of(), "--keep", "x*", "--keep", "!y");
    client.call("session_start", Map.of("name", "a", "command", "cat"));
    try (Stream<Path> files = Files.list(client.state().resolve("instances"))) {
      Path file = files.filter(one -> one.toString().endsWith(".json")).findFirst().orElseThrow();
      JsonObject record = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      assertThat(record.get("keep")).hasToString("[\"x*\",\"!y\"]");
    }
    client.call("orphans_list", Map.of());
    client.call("session_stop", Map.of("name", "a"));
  }
}
