package dev.sexton.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultStreamTest {
  @TempDir Path home;

  @ParameterizedTest
  @ValueSource(
      strings = {"list --json", "sweep", "history --json", "--version", "--help", "demo -h"})
  @EnabledIf("thereIsAFullDevice")
  void aResultThatIsLostIsAnError(String line) throws IOException {
    Path journal = Files.createDirectories(home.resolve(".deephaven-mcp/sexton")).resolve("x");
    Files.writeString(journal, "");
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int exit = run(new FileOutputStream("/dev/full"), err, line);

    if (line.startsWith("history")) {
      assertThat(exit).isZero(); // There is nothing to print.
    } else {
      assertThat(exit).isEqualTo(3);
      assertThat(err.toString(UTF_8).lines()).hasSize(1).first().asString().contains("stdout");
    }
  }

  @Test
  void aReaderThatHasGoneHasWhatItWanted() {
    OutputStream pipe =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    assertThat(run(pipe, err, "list --json")).isZero();
    assertThat(err.size()).isZero();
  }

  private int run(OutputStream out, OutputStream err, String line) {
    Io io =
        new Io(
            ResultStream.of(out),
            new PrintStream(err, true, UTF_8),
            false,
            false,
            Map.of("HOME", home.toString()));
    return Main.run(io, line.split(" "));
  }

  static boolean thereIsAFullDevice() {
    return Files.isWritable(Path.of("/dev/full"));
  }
}
