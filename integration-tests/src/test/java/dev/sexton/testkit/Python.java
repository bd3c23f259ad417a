package dev.sexton.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.testsupport.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// The Python of this machine.
public final class Python {
  private static final class Found {
    /// The interpreter itself. The one on the path may be a script of a version manager.
    static final Path PYTHON3 =
        Path.of(Commands.run(List.of("python3", "-c", "import sys; print(sys.executable)")));
  }

  private Python() {}

  /// Returns the interpreter that `python3` starts.
  public static Path python3() {
    return Found.PYTHON3;
  }

  /// Copies a script of the test resources to a file that processes can read.
  public static void copy(String resource, Path target) {
    try (InputStream in = Objects.requireNonNull(Python.class.getResourceAsStream(resource))) {
      Files.writeString(target, new String(in.readAllBytes(), UTF_8));
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }
}
