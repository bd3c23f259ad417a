package dev.sexton.cli.setup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.cli.output.FileReplacement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// A configuration file as it was when it was read. A link stands for the file to which it leads.
final class ConfigurationFile {
  /// More than any client's configuration has.
  private static final long MAX_BYTES = 32 << 20;

  private final Path path;
  private final byte[] bytes;
  private final String text;

  private ConfigurationFile(Path path, byte[] bytes, String text) {
    this.path = path;
    this.bytes = bytes;
    this.text = text;
  }

  /// Reads a file.
  ///
  /// @throws IOException if it cannot be read or must not be changed; the message says why
  static ConfigurationFile read(Path named) throws IOException {
    Path path = named.toRealPath();
    if (!Files.isRegularFile(path)) {
      throw new IOException("it is no regular file");
    }
    if (!Files.getAttribute(path, "unix:uid")
        .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      throw new IOException("it belongs to another user: run sexton setup as that user");
    }
    if (Files.size(path) > MAX_BYTES) {
      throw new IOException("it has more than " + MAX_BYTES + " bytes");
    }
    byte[] bytes = Files.readAllBytes(path);
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new ConfigurationFile(path, bytes, text);
    } catch (CharacterCodingException notText) {
      throw new IOException("it is not UTF-8 text", notText);
    }
  }

  Path path() {
    return path;
  }

  String text() {
    return text;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /// Replaces the content. The file keeps its permissions. Whoever reads it meanwhile finds either
  /// the old content or the new one, each complete.
  ///
  /// @throws IOException if it cannot be written, or was changed since it was read
  void write(byte[] replacement) throws IOException {
    FileReplacement.replace(
        path, replacement, Files.getPosixFilePermissions(path), this::requireUnchanged);
  }

  private void requireUnchanged() throws IOException {
    if (!Arrays.equals(Files.readAllBytes(path), bytes)) {
      throw new IOException("it was changed in the meantime: run the command again");
    }
  }
}
