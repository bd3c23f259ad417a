package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.process.ProgramInfo;
import dev.sexton.testsupport.Gate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests valid and invalid files in which a user lists programs to keep.
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KeepFileTest {
  private static final ProgramInfo FIREFOX =
      new ProgramInfo("/usr/lib/firefox/firefox", List.of("firefox"), "");

  @TempDir private Path home;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = home.resolve(KeepFile.NAME);
  }

  private KeepFile read(String text) throws IOException {
    Files.writeString(file, text);
    return KeepFile.read(file);
  }

  private void assertRefused(String reason) {
    KeepFile read = KeepFile.read(file);
    assertThat(read.problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.path()).isEqualTo(file);
          assertThat(problem.problem())
              .startsWith("is ignored, and only the default list applies, because " + reason)
              .contains(": ");
        });
    assertThat(read.list().patterns()).isEmpty();
    assertThat(read.list().reason(FIREFOX)).isNotNull();
  }

  @Test
  void withoutAFileTheDefaultListCounts() {
    KeepFile read = KeepFile.read(file);
    assertThat(read.problems()).isEmpty();
    assertThat(read.list()).isSameAs(KeepList.defaults());
    assertThat(KeepFile.read(file.resolve("below")).problems()).isEmpty();
  }

  @Test
  void eachLineIsAPatternOrAComment() throws IOException {
    KeepFile read = read("\uFEFF# mine\r\n\r\n  my-server* \r\n!firefox\r\n/opt/a b/*");
    assertThat(read.problems()).isEmpty();
    assertThat(read.list().patterns()).containsExactly("my-server*", "!firefox", "/opt/a b/*");
    assertThat(read.list().reason(FIREFOX)).isNull();
  }

  @Test
  void aBadLineCostsNoOtherLine() throws IOException {
    KeepFile read = read("a\n!\nb\u001b\n" + "c".repeat(201) + "\nd # why\ne\n");
    assertThat(read.list().patterns()).containsExactly("a", "e");
    assertThat(read.problems())
        .extracting(Problem::problem)
        .containsExactly(
            "line 2: a keep pattern is empty: name an executable, such as firefox or my-server*",
            "line 3: a keep pattern has a control character at position 2: use ? instead",
            "line 4: a keep pattern has 201 characters: use at most 200",
            "line 5: a comment follows a pattern: put it on its own line");
  }

  @Test
  void aFileThatEverybodyCanWriteIsNotObeyed() throws IOException {
    Files.writeString(file, "!firefox");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--rw-"));
    assertRefused("everyone can write to it: chmod o-w " + file);
  }

  @Gate("needs root")
  @Test
  void aFileOfAnotherUserIsNotObeyed() throws IOException {
    Files.writeString(file, "!firefox");
    assumeTrue("root".equals(System.getProperty("user.name")), "only root gives files away");
    Files.setAttribute(file, "unix:uid", 65534);
    assertRefused("it belongs to another user: chown it");
  }

  @Test
  void whatIsNoTextIsNotObeyed() throws IOException {
    Files.write(file, "!firefox\n\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused("it is not UTF-8: save it as UTF-8");
  }

  @Test
  void whatIsTooLargeIsNotObeyed() throws IOException {
    Files.writeString(file, "!firefox\n" + "#".repeat(KeepFile.MAX_BYTES));
    assertRefused("it has " + (KeepFile.MAX_BYTES + 9) + " bytes: use at most 65536");
  }

  @Test
  void aDirectoryIsNoFile() throws IOException {
    Files.createDirectory(file);
    assertRefused("it is not a regular file: replace it with one");
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    assertRefused("it is not a regular file: replace it with one");
  }

  @Test
  void aLinkIsFollowed() throws IOException {
    Path linked = Files.writeString(home.resolve("dotfiles"), "my-server");
    Files.createSymbolicLink(file, linked);
    assertThat(KeepFile.read(file).list().patterns()).containsExactly("my-server");
  }

  @Test
  void aSourceReadsTheFileOnceItIsAskedFor() throws IOException {
    Path directory = Files.createDirectory(home.resolve(".sexton"));
    Path conf = directory.resolve(KeepFile.NAME);
    Files.writeString(conf, "!");
    KeepSource source = KeepSource.of(Map.of("HOME", home.toString()), List.of("x"));
    assertThat(source.problems()).isEmpty();

    Files.writeString(conf, "a\n!");
    assertThat(source.list().patterns()).containsExactly("a", "x");
    assertThat(source.problems()).hasSize(1);

    Files.writeString(conf, "b");
    assertThat(source.list().patterns()).as("one sweep, one list").containsExactly("a", "x");
  }

  @Test
  void theHomeOfSextonMayBeElsewhere() throws IOException {
    Files.writeString(file, "a");
    KeepSource source = KeepSource.of(Map.of("SEXTON_HOME", home.toString()), List.of());
    assertThat(source.list().patterns()).containsExactly("a");
    assertThat(KeepSource.defaults().list()).isSameAs(KeepList.defaults());
  }
}
