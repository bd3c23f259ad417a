package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.sexton.internal.state.FileStateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final String ID = "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11";
  private static final String SWEPT =
      "{\"at\":\"2026-03-01T12:00:00Z\",\"kind\":\"instance\",\"instance_id\":\"" + ID + "\"}";

  private FileStateDirectory directory;

  @BeforeEach
  void create(@TempDir Path state) throws IOException {
    directory = new FileStateDirectory(state, "mcp");
    directory.create();
  }

  private void write(String text) throws IOException {
    Files.write(directory.path().resolve("journal.jsonl"), text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tornLinesCostNoOthers() throws IOException {
    write(
        String.join(
            "\n",
            "{\"n\":1}",
            "{\"n\":",
            "",
            "null",
            "[]",
            "12",
            "\0\0\0\0",
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            "\uFEFF{}x",
            "{\"n\":2}",
            "{\"n\":3"));
    List<JsonObject> lines = JournalReader.read(directory);
    assertThat(lines).extracting(line -> line.get("n").getAsInt()).containsExactly(1, 2);
  }

  @Test
  void anInstanceThatWasSweptIsRemembered() throws IOException {
    write("{\"instance\n" + SWEPT + "\n{\"kind\":\"instance\",\"instance_id\":\"" + ID);
    assertThat(JournalReader.sweptAt(directory)).isEqualTo(Map.of(ID, "2026-03-01T12:00:00Z"));
  }

  @Test
  void onlyALineOfItsOwnSaysThatAnInstanceWasSwept() throws IOException {
    write(
        String.join(
            "\n",
            SWEPT.replace("\"instance\"", "\"process\"") + " \"instance\"",
            "{\"kind\":\"process\",\"instance_id\":\"" + ID + "\",\"name\":\"instance\"}",
            "{\"kind\":\"instance\",\"name\":\"" + ID + "\",\"instance_id\":\"x\"}",
            "{\"kind\":[\"instance\"],\"instance_id\":\"" + ID + "\"}",
            "{\"kind\":\"instance\",\"instance_id\":{\"" + ID + "\":1}}",
            "\"" + SWEPT.replace("\"", "\\\"") + "\""));
    assertThat(JournalReader.sweptAt(directory)).isEmpty();
  }
}
