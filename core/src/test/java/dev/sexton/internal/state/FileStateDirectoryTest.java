package dev.sexton.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.sexton.RecordException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests on the real file system and on two in-memory file systems.
class FileStateDirectoryTest {
  enum Where {
    REAL,
    POSIX_IN_MEMORY,
    WINDOWS_IN_MEMORY
  }

  private final List<FileSystem> opened = new ArrayList<>();

  @TempDir private Path temporary;

  @AfterEach
  void close() throws IOException {
    for (FileSystem one : opened) {
      one.close();
    }
  }

  private Path base(Where where) {
    if (where == Where.REAL) {
      return temporary.resolve("state");
    }
    FileSystem memory =
        where == Where.WINDOWS_IN_MEMORY
            ? Jimfs.newFileSystem(Configuration.windows())
            : Jimfs.newFileSystem(
                Configuration.unix().toBuilder()
                    .setAttributeViews("basic", "owner", "posix", "unix")
                    .build());
    opened.add(memory);
    return memory.getPath(where == Where.WINDOWS_IN_MEMORY ? "C:\\place\\state" : "/place/state");
  }

  private FileStateDirectory created(Where where) throws IOException {
    FileStateDirectory directory = new FileStateDirectory(base(where), "mcp");
    directory.create();
    return directory;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whetherOthersSeeItIsAskedAgainUntilItIsKnown() throws Exception {
    FileStateDirectory directory = new FileStateDirectory(base(Where.REAL), "mcp");
    assertThat(directory.isShared()).as("an absent directory is not known to be local").isTrue();
    directory.create();
    assertThat(directory.isShared()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsAbsentIsEmpty(Where where) throws Exception {
    FileStateDirectory directory = new FileStateDirectory(base(where), "mcp");
    assertThat(directory.exists()).isFalse();
    assertThat(directory.list()).isEmpty();
    assertThat(directory.untrustedReason()).isNull();
    assertThat(directory.readJournal()).isEmpty();
    assertThat(directory.modified("x.json")).isNull();
    assertThat(directory.owner("x.json")).isNull();
    directory.delete("x.json");
    Path file = directory.path().resolve("instances").resolve("x.json");
    assertThatThrownBy(() -> directory.read("x.json"))
        .isExactlyInstanceOf(RecordException.Missing.class)
        .hasMessage(
            file + " does not exist: the instance was unregistered, or was never registered here");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsReadAsAWhole(Where where) throws Exception {
    FileStateDirectory directory = created(where);
    assertThat(directory.exists()).isTrue();
    directory.replace("x.json", bytes("one"));
    directory.replace("x.json", bytes("two"));
    assertThat(directory.list()).containsExactly("x.json");
    StateDirectory.Content content = directory.read("x.json");
    assertThat(content.bytes()).isEqualTo(bytes("two"));
    assertThat(content.writableByOthers()).isFalse();
    assertThat(content.modified()).isEqualTo(directory.modified("x.json"));
    // The in-memory Windows file system has no owners.
    assertThat(directory.owner("x.json") == null).isEqualTo(where == Where.WINDOWS_IN_MEMORY);
    directory.delete("x.json");
    assertThat(directory.list()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"REAL", "POSIX_IN_MEMORY"})
  void allIsPrivate(Where where) throws Exception {
    FileStateDirectory directory = created(where);
    directory.replace("x.json", bytes("{}"));
    directory.appendJournal(List.of("line"));
    assertThat(mode(directory.path().resolve("instances"))).isEqualTo("rwx------");
    assertThat(mode(directory.path().resolve("instances/x.json"))).isEqualTo("rw-------");
    assertThat(mode(directory.path().resolve("journal.jsonl"))).isEqualTo("rw-------");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @ParameterizedTest
  @EnumSource(names = {"REAL", "POSIX_IN_MEMORY"})
  void whatEverybodyCanWriteIsSaidSo(Where where) throws Exception {
    FileStateDirectory directory = created(where);
    directory.replace("x.json", bytes("{}"));
    Path instances = directory.path().resolve("instances");
    Files.setPosixFilePermissions(
        instances.resolve("x.json"), PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(directory.read("x.json").writableByOthers()).isTrue();
    for (Path open : List.of(directory.path(), instances)) {
      var before = Files.getPosixFilePermissions(open);
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
      assertThat(directory.untrustedReason())
          .isEqualTo(
              open
                  + " can be written by everyone, so everything in it is ignored: chmod o-w "
                  + open);
      Files.setPosixFilePermissions(open, before);
      assertThat(directory.untrustedReason()).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNoFileIsNotRead(Where where) throws Exception {
    FileStateDirectory directory = created(where);
    Path instances = directory.path().resolve("instances");
    Files.createDirectory(instances.resolve("d.json"));
    Files.createSymbolicLink(instances.resolve("l.json"), instances.resolve("x"));
    assertThatThrownBy(() -> directory.read("d.json"))
        .isExactlyInstanceOf(RecordException.Unreadable.class)
        .hasMessage(
            instances.resolve("d.json") + " cannot be read: it is a directory, not a regular file");
    assertThatThrownBy(() -> directory.read("l.json"))
        .isExactlyInstanceOf(RecordException.Unreadable.class)
        .hasMessage(
            instances.resolve("l.json")
                + " cannot be read: it is a symbolic link, not a regular file");
  }

  @ParameterizedTest
  @EnumSource
  void aFileIsNoDirectory(Where where) throws Exception {
    FileStateDirectory directory = new FileStateDirectory(base(where), "mcp");
    Files.createDirectories(directory.path());
    Files.writeString(directory.path().resolve("instances"), "");
    assertThat(directory.exists()).isFalse();
    assertThatThrownBy(directory::list).isInstanceOf(NotDirectoryException.class);
    assertThatThrownBy(() -> directory.replace("x.json", bytes("{}")))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @EnumSource
  void setAsideNothingIsLost(Where where) throws Exception {
    FileStateDirectory directory = created(where);
    UnaryOperator<String> read =
        name -> {
          try {
            return Files.readString(directory.path().resolve("instances").resolve(name));
          } catch (IOException unreadable) {
            return "unreadable";
          }
        };
    List<String> contents = List.of("a", "b", "c");
    for (String content : contents) {
      directory.replace("x.json", bytes(content));
      directory.setAside("x.json");
    }
    assertThat(directory.list())
        .hasSize(3)
        .contains("x.json.unreadable")
        .allMatch(name -> name.startsWith("x.json") && name.endsWith(".unreadable"));
    assertThat(directory.list().stream().map(read)).containsExactlyInAnyOrderElementsOf(contents);
  }

  @ParameterizedTest
  @EnumSource
  void theJournalGrowsAndIsRolledOnce(Where where) throws Exception {
    FileStateDirectory directory = created(where);
    directory.appendJournal(List.of());
    assertThat(Files.exists(directory.path().resolve("journal.jsonl"))).isFalse();
    directory.appendJournal(List.of("one", "two"));
    directory.appendJournal(List.of("three"));
    assertThat(directory.readJournal()).containsExactly("one", "two", "three");

    directory.appendJournal(List.of("x".repeat(8 << 20)));
    assertThat(Files.exists(directory.path().resolve("journal.jsonl"))).isFalse();
    directory.appendJournal(List.of("four"));
    assertThat(directory.readJournal()).hasSize(5).startsWith("one").endsWith("four");

    directory.appendJournal(List.of("y".repeat(8 << 20)));
    assertThat(directory.readJournal()).as("the oldest are forgotten").hasSize(2).contains("four");
  }

  @ParameterizedTest
  @EnumSource
  void aJournalThatIsNoFileIsNotWritten(Where where) throws Exception {
    FileStateDirectory directory = created(where);
    Path journal = directory.path().resolve("journal.jsonl");
    Files.createSymbolicLink(journal, directory.path().resolve("elsewhere"));
    assertThatThrownBy(() -> directory.appendJournal(List.of("x")))
        .hasMessage(journal + " is not a regular file: move it away");
    assertThat(directory.readJournal()).isEmpty();
    assertThat(Files.exists(directory.path().resolve("elsewhere"))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aWriteThatFailsLeavesNothingBehind(Where where) throws Exception {
    FileStateDirectory directory = created(where);
    Path taken = directory.path().resolve("instances").resolve("x.json");
    Files.createDirectory(taken);
    Files.writeString(taken.resolve("within"), "");
    assertThatThrownBy(() -> directory.replace("x.json", bytes("{}")))
        .isInstanceOf(IOException.class);
    assertThat(directory.list()).containsExactly("x.json");
  }
}
