package dev.sexton.internal.sweep;

import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.record.KeepPattern;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A user's file of programs to keep, `keep.conf`: one pattern per line, `#` before a comment.
///
/// @param list the default list with the file's patterns; only the default list if the file does
///   not exist or is ignored
/// @param problems the problems with the file
public record KeepFile(KeepList list, List<Problem> problems) {
  /// The file's name, in `~/.sexton`.
  public static final String NAME = "keep.conf";

  /// The maximum size of the file.
  static final int MAX_BYTES = 64 * 1024;

  private static final int ROOT = 0;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /// Reads a file. Follows links, because configuration files are often links to a repository.
  public static KeepFile read(Path file) {
    try {
      String refusal = refusal(file);
      return refusal == null ? parse(file, text(file)) : refused(file, refusal);
    } catch (NoSuchFileException | NotDirectoryException usual) {
      return new KeepFile(KeepList.defaults(), List.of());
    } catch (CharacterCodingException malformed) {
      return refused(file, "it is not UTF-8: save it as UTF-8");
    } catch (IOException unreadable) {
      return refused(
          file, "it cannot be read (" + unreadable.getMessage() + "): check its permissions");
    }
  }

  private static KeepFile refused(Path file, String reason) {
    String said = "is ignored, and only the default list applies, because " + reason;
    return new KeepFile(KeepList.defaults(), List.of(new Problem(file, said)));
  }

  /// Returns why the file is ignored; null if it is not. Its writer decides which processes are
  /// spared.
  private static @Nullable String refusal(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      return "it is not a regular file: replace it with one";
    }
    if (attributes.size() > MAX_BYTES) {
      return "it has " + attributes.size() + " bytes: use at most " + MAX_BYTES;
    }
    if (Files.getFileAttributeView(file, PosixFileAttributeView.class) == null) {
      return null;
    }
    if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE)) {
      return "everyone can write to it: chmod o-w " + file;
    }
    int owner = uid(file);
    return owner == ROOT || owner == uid(Path.of("/proc/self")) || uid(Path.of("/proc/self")) < 0
        ? null
        : "it belongs to another user: chown it";
  }

  /// Returns the owner's user ID; −1 if there is no such file or no ID.
  private static int uid(Path file) {
    try {
      Map<String, Object> attributes = Files.readAttributes(file, "unix:uid");
      return attributes.get("uid") instanceof Integer uid ? uid : -1;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException none) {
      return -1;
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  private static KeepFile parse(Path file, String text) {
    List<String> patterns = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    int number = 0;
    int from = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? 1 : 0;
    while (from < text.length()) {
      int newline = text.indexOf('\n', from);
      int end = newline < 0 ? text.length() : newline;
      String line = text.substring(from, end).strip();
      from = end + 1;
      number++;
      if (line.isEmpty() || line.charAt(0) == '#') {
        continue;
      }
      String defect =
          line.contains(" #")
              ? "a comment follows a pattern: put it on its own line"
              : KeepPattern.defect(line);
      if (defect == null) {
        patterns.add(line);
      } else {
        problems.add(new Problem(file, "line " + number + ": " + defect));
      }
    }
    return new KeepFile(KeepList.defaults().with(patterns), problems);
  }
}
