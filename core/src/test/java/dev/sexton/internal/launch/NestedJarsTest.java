package dev.sexton.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NestedJarsTest {
  private static final byte[] CONTENT = {'P', 'K', 1, 2, 3};

  @TempDir Path directory;

  private Path jars;
  private URI nested;

  @BeforeEach
  void makeTheOuterJar() throws IOException {
    jars = directory.resolve(NestedJars.DIRECTORY);
    Path outer = directory.resolve("an app.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(outer))) {
      out.putNextEntry(new JarEntry("lib/inner.jar"));
      out.write(CONTENT);
    }
    nested = URI.create("jar:" + outer.toUri() + "!/lib/inner.jar!/");
  }

  private Path extract() throws IOException {
    return NestedJars.extract(nested, directory);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(jars)) {
      return files.toList();
    }
  }

  @Test
  void theCopyIsThisUsersAlone() throws IOException {
    Path copy = extract();
    assertThat(copy).isAbsolute().hasBinaryContent(CONTENT).hasParent(jars);
    assertThat(mode(copy)).isEqualTo("rw-------");
    assertThat(mode(jars)).isEqualTo("rwx------");
  }

  @Test
  void oneCopyServesAllServersOfAVersion() throws IOException {
    Path copy = extract();
    Object before = Files.getAttribute(copy, "unix:ino");
    assertThat(extract()).isEqualTo(copy);
    assertThat(Files.getAttribute(copy, "unix:ino")).isEqualTo(before);
    assertThat(files()).containsExactly(copy);
  }

  @Test
  void aDamagedCopyIsReplaced() throws IOException {
    Path copy = extract();
    Files.write(copy, new byte[] {'P', 'K', 3, 2, 1});
    assertThat(extract()).hasBinaryContent(CONTENT);
    assertThat(files()).containsExactly(copy);
  }

  @Test
  void aLinkInItsPlaceIsReplacedAndItsTargetLeftAlone() throws IOException {
    Path copy = extract();
    Path target = Files.write(directory.resolve("target"), CONTENT);
    Files.delete(copy);
    Files.createSymbolicLink(copy, target);
    assertThat(Files.isSymbolicLink(extract())).isFalse();
    assertThat(target).hasBinaryContent(CONTENT);
  }

  @Test
  void aDirectoryThatOthersCanWriteIsRefused() throws IOException {
    Files.createDirectory(jars);
    Files.setPosixFilePermissions(jars, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(this::extract)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can be written by everyone")
        .hasMessageContaining("chmod o-w");
    assertThat(files()).isEmpty();
  }

  @Test
  void aLinkToADirectoryIsRefused() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Files.createSymbolicLink(jars, elsewhere);
    assertThatThrownBy(this::extract)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a symbolic link");
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void aJarThatDoesNotExistIsReported() {
    URI absent = URI.create(nested.toString().replace("inner", "no"));
    assertThatThrownBy(() -> NestedJars.extract(absent, directory)).isInstanceOf(IOException.class);
  }

  @Test
  void aSchemeWithoutAHandlerIsReported() {
    assertThatThrownBy(() -> NestedJars.extract(URI.create("jar:none:/a!/"), directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none");
  }
}
