package dev.sexton.internal.state;

import dev.sexton.RecordException;
import dev.sexton.internal.record.Timestamps;
import dev.sexton.internal.state.StateDirectory.Boot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The file with one line per boot: host, boot and time, separated by tabs. It is in the state
/// directory, or in a directory of this machine alone if other machines see the state directory.
final class BootList {
  /// Survives a reboot and is writable by all users, so a file there is checked before it is used.
  private static final Path LOCAL = Path.of("/var/tmp");

  private static final Set<OpenOption> APPEND =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);

  /// A longer list is started anew. A forgotten boot only leaves its instances UNKNOWN.
  private static final int MAX_BYTES = 1 << 20;

  private final Path file;

  BootList(Path file) {
    this.file = file;
  }

  /// Returns the list that belongs to a state directory, or null if there is no place for one.
  static @Nullable BootList of(Path directory, boolean shared) {
    if (!shared) {
      return new BootList(directory.resolve(FileNames.BOOTS));
    }
    try {
      Object uid = Files.getAttribute(directory, "unix:uid");
      Path file = LOCAL.resolve("sexton-" + uid + "." + FileNames.BOOTS);
      return SharedFileSystems.of(LOCAL) == SharedFileSystems.Sharing.LOCAL && isOnly(file, uid)
          ? new BootList(file)
          : null;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException noNumbers) {
      return null;
    }
  }

  /// Returns whether only this user can have written a file, or there is none.
  private static boolean isOnly(Path file, Object uid) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    Map<String, Object> found =
        Files.readAttributes(file, "unix:uid,nlink", LinkOption.NOFOLLOW_LINKS);
    Set<PosixFilePermission> rights =
        Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && uid.equals(found.get("uid"))
        && Integer.valueOf(1).equals(found.get("nlink"))
        && !rights.contains(PosixFilePermission.GROUP_WRITE)
        && !rights.contains(PosixFilePermission.OTHERS_WRITE);
  }

  List<Boot> read() {
    List<Boot> boots = new ArrayList<>();
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return boots;
    }
    byte[] bytes;
    try {
      StateDirectory.Content content = RecordFile.read(file, null);
      if (content.writableByOthers()) {
        return boots; // Any user may have written it.
      }
      bytes = content.bytes();
    } catch (RecordException unreadable) {
      return boots;
    }
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      String[] words = line.split("\t", -1);
      Instant at = words.length == 3 ? Timestamps.parse(words[2], ZoneOffset.UTC) : null;
      if (at != null) {
        boots.add(new Boot(words[0], words[1], at));
      }
    }
    return boots;
  }

  void append(Boot boot, FileAttribute<?>... mode) throws IOException {
    boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    if (there && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is not a regular file: remove it");
    }
    if (there && Files.size(file) > MAX_BYTES) {
      Files.delete(file);
    }
    String line = boot.host() + "\t" + boot.id() + "\t" + boot.at() + "\n";
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    try (SeekableByteChannel channel = Files.newByteChannel(file, APPEND, mode)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }
}
