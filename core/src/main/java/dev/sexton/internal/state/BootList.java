package dev.sexton.internal.state;

import dev.sexton.RecordException;
import dev.sexton.internal.record.Moments;
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
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The file with one line for each boot: host, boot and time, separated by tabs.
final class BootList {
  private static final Set<OpenOption> APPEND =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);

  /// A longer list starts anew: a boot that is forgotten only leaves its instances UNKNOWN.
  private static final int MAX_BYTES = 1 << 20;

  private final Path file;

  BootList(Path file) {
    this.file = file;
  }

  List<Boot> read() {
    List<Boot> boots = new ArrayList<>();
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return boots;
    }
    byte[] bytes;
    try {
      bytes = FileStateDirectory.readFile(file).bytes();
    } catch (RecordException unreadable) {
      return boots;
    }
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      String[] words = line.split("\t", -1);
      Instant at = words.length == 3 ? Moments.parse(words[2], ZoneOffset.UTC) : null;
      if (at != null) {
        boots.add(new Boot(words[0], words[1], at));
      }
    }
    return boots;
  }

  void append(Boot boot, FileAttribute<?>... mode) throws IOException {
    boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    if (there && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is no regular file: remove it");
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
