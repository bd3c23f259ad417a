package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sexton.StateScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A token that a server generated for itself, in a file that only its user can read. The server
/// locks the file for as long as it runs. The next server therefore recognizes the file of a killed
/// server and removes it.
final class TokenFile implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("http-[0-9a-f-]{36}\\.token");

  private static final int TOKEN_BYTES = 32;

  /// A file younger than this may not be locked yet.
  private static final Duration SETTLED = Duration.ofMinutes(1);

  private static final Set<OpenOption> CREATE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> LOOK =
      Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  private final Path path;
  private final String token;
  private final FileChannel channel;
  private final @Nullable Object key;

  private TokenFile(Path path, String token, FileChannel channel, @Nullable Object key) {
    this.path = path;
    this.token = token;
    this.channel = channel;
    this.key = key;
  }

  /// Generates a token and writes it to a new file.
  ///
  /// @throws IOException also if others can write to the directory and so could replace the file
  static TokenFile create(StateScope scope, Path state) throws IOException {
    scope.create(state);
    removeAbandoned(state);
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    Path path = state.resolve("http-" + UUID.randomUUID() + ".token").toAbsolutePath();
    FileChannel channel = FileChannel.open(path, CREATE, onlyForItsUser(path));
    try {
      if (channel.tryLock() == null) {
        throw new IOException(path + " is locked by another program");
      }
      ByteBuffer line = ByteBuffer.wrap((token + "\n").getBytes(US_ASCII));
      while (line.hasRemaining()) {
        channel.write(line);
      }
      return new TokenFile(path, token, channel, key(path));
    } catch (IOException | RuntimeException failed) {
      channel.close();
      Files.deleteIfExists(path);
      throw failed;
    }
  }

  private static FileAttribute<?>[] onlyForItsUser(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static @Nullable Object key(Path path) throws IOException {
    return attributes(path).fileKey();
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static void removeAbandoned(Path directory) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "http-*.token")) {
      for (Path file : files) {
        if (NAME.matcher(file.getFileName().toString()).matches()) {
          removeIfAbandoned(file);
        }
      }
    } catch (IOException | DirectoryIteratorException unreadable) {
      return; // The tokens left over there are no longer valid.
    }
  }

  private static void removeIfAbandoned(Path file) {
    try {
      BasicFileAttributes seen = attributes(file);
      if (!seen.isRegularFile()
          || seen.lastModifiedTime().toInstant().isAfter(Instant.now().minus(SETTLED))) {
        return;
      }
      try (FileChannel channel = FileChannel.open(file, LOOK);
          FileLock lock = channel.tryLock()) {
        if (lock != null && Objects.equals(seen.fileKey(), key(file))) {
          Files.delete(file);
        }
      }
    } catch (IOException | OverlappingFileLockException inUseOrGone) {
      return;
    }
  }

  Path path() {
    return path;
  }

  String token() {
    return token;
  }

  /// Removes the file if it is still the same one.
  @Override
  public void close() throws IOException {
    try (channel) {
      if (Objects.equals(key, key(path))) {
        Files.delete(path);
      }
    } catch (NoSuchFileException removed) {
      return;
    }
  }

  /// Omits the token, which must not appear in logs.
  @Override
  public String toString() {
    return path.toString();
  }
}
