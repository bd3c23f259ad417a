package dev.sexton.internal.launch;

import static java.util.Objects.requireNonNullElse;

import dev.sexton.internal.state.AtomicReplacement;
import dev.sexton.internal.state.FileStateDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/// Copies jars within a jar to files. Only the class loader of the outer jar reads them where they
/// are, and the JVM that runs after a server's death does not have this loader.
///
/// A file is named after its content, so that servers of the same version share it, and one of
/// another version is never replaced while a sentinel needs it.
final class NestedJars {
  /// The directory below a state directory. It holds nothing else.
  static final String DIRECTORY = "jars";

  /// Sexton's own jars and gson's are far smaller.
  private static final int MOST_BYTES = 64 << 20;

  private static final String PRIVATE_FILE = "rw-------";
  private static final String PRIVATE_DIRECTORY = "rwx------";
  private static final String END = "!/";

  private NestedJars() {}

  /// Returns whether a class comes from a jar that may be one within another.
  static boolean isNested(URI source) {
    return "jar".equals(source.getScheme()) && source.toString().endsWith(END);
  }

  /// Copies a jar, unless an intact copy exists.
  ///
  /// @param source where a class comes from, such as `jar:nested:/app.jar/!BOOT-INF/lib/x.jar!/`
  /// @param stateDirectory the state directory, which only this user and root may write
  /// @return the copy's absolute path
  /// @throws IOException if the jar cannot be read, or another user could replace the copy
  static Path extract(URI source, Path stateDirectory) throws IOException {
    byte[] content = read(source);
    Path directory = privateDirectory(stateDirectory.toAbsolutePath().resolve(DIRECTORY));
    Path copy = directory.resolve(sha256(content) + ".jar");
    if (!isIntact(copy, content)) {
      AtomicReplacement.replace(
          copy,
          directory.resolve("new-" + UUID.randomUUID() + ".tmp"),
          content,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE_FILE)));
    }
    return copy;
  }

  private static byte[] read(URI source) throws IOException {
    String jar = source.toString();
    String inner = jar.substring("jar:".length(), jar.length() - END.length());
    // The JDK knows one level of nesting. For more, the loader provides a scheme of its own.
    String address = inner.startsWith("file:") && inner.contains(END) ? "jar:" + inner : inner;
    URLConnection connection = URI.create(address).toURL().openConnection();
    connection.setUseCaches(false);
    try (InputStream in = connection.getInputStream()) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new IOException(source + " is larger than " + MOST_BYTES + " bytes");
      }
      return content;
    } catch (IllegalArgumentException noHandler) {
      throw new IOException(requireNonNullElse(noHandler.getMessage(), address), noHandler);
    }
  }

  private static Path privateDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE_DIRECTORY)));
    } catch (FileAlreadyExistsException fromBefore) {
      // Checked below like a new one.
    }
    String defect = FileStateDirectory.defectOf(directory);
    if (defect != null) {
      throw new IOException(defect);
    }
    return directory;
  }

  /// The directory is this user's alone, so nobody else can change the file after this check.
  private static boolean isIntact(Path copy, byte[] content) throws IOException {
    if (!Files.exists(copy, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    PosixFileAttributes attributes =
        Files.readAttributes(copy, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return attributes.isRegularFile()
        && attributes.size() == content.length
        && attributes.permissions().equals(PosixFilePermissions.fromString(PRIVATE_FILE))
        && Arrays.equals(Files.readAllBytes(copy), content);
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
