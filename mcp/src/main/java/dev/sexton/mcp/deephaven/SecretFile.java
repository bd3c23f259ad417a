package dev.sexton.mcp.deephaven;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/// A file that has no name in any directory. It is reached through a descriptor of this process in
/// `/proc`, which only this user can open. It disappears when this process ends in any way.
final class SecretFile implements Closeable {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final FileChannel file;
  private final Path path;

  private SecretFile(FileChannel file, Path path) {
    this.file = file;
    this.path = path;
  }

  /// Creates a file with this content.
  static SecretFile of(String content) throws IOException {
    Path name =
        Path.of(System.getProperty("java.io.tmpdir")).toRealPath().resolve(UUID.randomUUID() + "");
    FileChannel file = // Its name is removed at once.
        FileChannel.open(
            name,
            Set.of(
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Path path = descriptor(name);
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      return new SecretFile(file, path);
    } catch (IOException | RuntimeException failed) {
      file.close();
      throw failed;
    }
  }

  private static Path descriptor(Path name) throws IOException {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : open) {
        if (leadsTo(descriptor, name)) {
          return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd")
              .resolve(descriptor.getFileName());
        }
      }
    }
    throw new IOException("no descriptor of " + name + " in " + DESCRIPTORS);
  }

  private static boolean leadsTo(Path descriptor, Path name) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith(name.toString());
    } catch (IOException closed) {
      return false;
    }
  }

  /// Returns the path at which processes of this user can read it.
  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
