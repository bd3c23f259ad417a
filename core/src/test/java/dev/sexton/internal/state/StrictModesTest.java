package dev.sexton.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sexton.testsupport.Gate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests which directories are trusted, with one row for each owner and mode at each level.
@Timeout(60)
class StrictModesTest {
  /// Users that own nothing here and have no name.
  private static final int ONE = 23_461;

  private static final int OTHER = 23_462;

  /// A group that has members on the system's list, or that is not any user's own group.
  private static final int SHARED_GROUP = 23_463;

  @TempDir private Path top;
  private Path parent;
  private Path state;
  private Path instances;

  @BeforeEach
  void make() throws IOException {
    parent = Files.createDirectory(top.resolve("parent"));
    state = parent.resolve("state");
    instances = state.resolve("instances");
    new FileStateDirectory(state, "mcp").create();
  }

  private String defect() {
    String defect = new FileStateDirectory(state, "mcp").untrustedReason();
    return defect == null ? "" : defect;
  }

  private Path level(String name) {
    return switch (name) {
      case "parent" -> parent;
      case "state" -> state;
      default -> instances;
    };
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static void requireRoot() {
    assumeTrue(Accounts.self() == 0, "needs chown");
  }

  private static void give(Path path, int uid, int gid) throws IOException {
    Files.setAttribute(path, "unix:uid", uid, java.nio.file.LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", gid, java.nio.file.LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void whatWeMadeIsObeyed() {
    assertThat(defect()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"parent", "state", "instances"})
  void whatEverybodyCanWriteIsNot(String level) throws Exception {
    run("chmod", "o+w", level(level).toString());
    assertThat(defect())
        .isEqualTo(
            level(level)
                + " can be written by everyone, so everything in it is ignored: chmod o-w "
                + level(level));
  }

  /// In a sticky directory, users cannot move each other's files, but anyone can add files.
  @ParameterizedTest
  @CsvSource({"parent,true", "state,false", "instances,false"})
  void aStickyDirectoryMayBeAboveIt(String level, boolean obeyed) throws Exception {
    run("chmod", "1777", level(level).toString());
    assertThat(defect().isEmpty()).isEqualTo(obeyed);
  }

  @Gate("needs root")
  @ParameterizedTest
  @ValueSource(strings = {"parent", "state", "instances"})
  void whatASharedGroupCanWriteIsNot(String level) throws Exception {
    requireRoot();
    give(level(level), 0, SHARED_GROUP);
    assertThat(defect()).as("the group may only read").isEmpty();
    run("chmod", "g+w", level(level).toString());
    assertThat(defect())
        .isEqualTo(
            level(level)
                + " can be written by its group, so everything in it is ignored: chmod g-w "
                + level(level));
  }

  /// Most distributions create a group for each user, with a umask that lets the group write.
  @Gate("needs root")
  @ParameterizedTest
  @ValueSource(strings = {"parent", "state", "instances"})
  void whatTheUsersOwnGroupCanWriteIsObeyed(String level) throws Exception {
    requireRoot();
    for (Path path : List.of(parent, state, instances)) {
      give(path, ONE, ONE);
    }
    run("chmod", "g+w", level(level).toString());
    assertThat(defect()).isEmpty();
  }

  @Gate("needs root")
  @ParameterizedTest
  @ValueSource(strings = {"parent", "state", "instances"})
  void whatAnAccessListLetsOthersWriteIsNot(String level) throws Exception {
    requireRoot();
    letWrite(level(level), 7);
    assertThat(defect())
        .isEqualTo(
            level(level)
                + " can be written by others through its access control list, so everything in it"
                + " is ignored: setfacl -b "
                + level(level));
    letWrite(level(level), 5);
    assertThat(defect()).as("they may only read").isEmpty();
  }

  /// Sets an ACL without setfacl, which is not installed everywhere.
  ///
  /// The entries are the owner, OTHER with these rights, the group, the mask and others.
  private static void letWrite(Path path, int rights) throws Exception {
    run(
        "python3",
        "-c",
        """
        import os, struct, sys
        none = 0xffffffff
        entries = [(1, 7, none), (2, int(sys.argv[2]), int(sys.argv[3])), (4, 5, none),
                   (16, int(sys.argv[2]), none), (32, 5, none)]
        acl = struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *one) for one in entries)
        os.setxattr(sys.argv[1], 'system.posix_acl_access', acl)
        """,
        path.toString(),
        Integer.toString(rights),
        Integer.toString(OTHER));
  }

  /// Root may read a user's directory, but not one that two users share.
  @Gate("needs root")
  @ParameterizedTest
  @CsvSource({
    "0,0,0,true",
    "1,1,1,true",
    "0,1,1,true",
    "0,0,1,true",
    "1,0,0,true",
    "1,1,0,true",
    "1,2,2,false",
    "1,1,2,false",
    "0,1,2,false",
    "1,0,2,false",
  })
  void oneUserBesideRootMayOwnIt(int first, int second, int third, boolean obeyed)
      throws Exception {
    requireRoot();
    int[] users = {0, ONE, OTHER};
    give(parent, users[first], users[first]);
    give(state, users[second], users[second]);
    give(instances, users[third], users[third]);
    assertThat(defect().isEmpty()).as(defect()).isEqualTo(obeyed);
    if (!obeyed) {
      assertThat(defect()).contains("belongs to another user, user " + OTHER);
    }
  }

  @Test
  void aLinkInThePlaceOfTheInstancesIsNotFollowed() throws Exception {
    Path elsewhere = Files.createDirectory(top.resolve("elsewhere"));
    Files.delete(instances);
    Files.createSymbolicLink(instances, elsewhere);
    assertThat(defect())
        .isEqualTo(
            instances
                + " is a symbolic link, so everything in it is ignored: put a directory in its"
                + " place");
  }

  /// A user may keep a directory elsewhere and lead to it by a link of their own.
  @Test
  void aLinkOfOursAboveThemIsFollowed() throws Exception {
    Path moved = Files.move(state, top.resolve("moved"));
    Files.createSymbolicLink(state, moved);
    assertThat(defect()).isEmpty();
    run("chmod", "o+w", moved.toString());
    assertThat(defect()).startsWith(moved + " can be written by everyone");
  }

  @Gate("needs root")
  @Test
  void aLinkOfAnotherUserIsNot() throws Exception {
    requireRoot();
    Path moved = Files.move(state, top.resolve("moved"));
    give(moved, ONE, ONE);
    Files.createSymbolicLink(state, moved);
    give(state, OTHER, OTHER);
    assertThat(defect()).startsWith(moved + " belongs to another user, user " + ONE);
  }

  @Test
  void nothingIsRegisteredWhereNothingIsObeyed() throws Exception {
    run("chmod", "o+w", parent.toString());
    assertThatThrownBy(() -> new FileStateDirectory(state, "mcp").create()).hasMessage(defect());
  }

  @Test
  void aJournalThatOthersCanWriteIsNoEvidence() throws Exception {
    FileStateDirectory directory = new FileStateDirectory(state, "mcp");
    directory.appendJournal(List.of("line"));
    Path journal = state.resolve("journal.jsonl");
    run("chmod", "666", journal.toString());
    assertThatThrownBy(directory::readJournal)
        .hasMessage(
            journal + " is not trusted: it can be written by everyone: chmod o-w " + journal);
    assertThatThrownBy(() -> directory.appendJournal(List.of("more")))
        .hasMessageContaining("is not trusted");
    run("chmod", "600", journal.toString());
    assertThat(directory.readJournal()).containsExactly("line");
    requireRoot();
    give(journal, OTHER, OTHER);
    assertThatThrownBy(directory::readJournal)
        .hasMessageContaining("belongs to another user, user " + OTHER);
  }
}
