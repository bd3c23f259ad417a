package dev.sexton.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.RecordException;
import dev.sexton.SweepReport;
import dev.sexton.internal.lock.FileInstanceLocks;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.process.BorrowedRights;
import dev.sexton.internal.state.Accounts;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.testsupport.Gate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Root sweeps the directory of a user who tries to lead it to root's own files.
@Gate("needs root")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileUserTest {
  private static final int NOBODY = 65_534;
  private static final String ID = "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11";
  private static final String OTHER = "ffffffff-6d8e-4c53-9d0b-3f0a7a1c2d11";

  /// Swaps the directory for a link to root's, and a record for a FIFO and a link, until a stop
  /// file exists.
  ///
  /// Killing the shell would leave one of its commands running.
  private static final String EXCHANGE =
      """
      cd "$1" && while [ ! -e ../stop ]; do
        mv instances real; ln -s "$2" instances; rm instances; mv real instances
        cd instances || continue
        mv "$3" hidden; mkfifo "$3"; rm "$3"; ln -s "$2/$3" "$3"; rm "$3"; mv hidden "$3"
        cd ..
      done
      """;

  private DeadInstancesFixture graveyard;
  private Path state;
  private Path instances;
  private Path roots;
  private Map<String, String> before;

  @BeforeEach
  void make(@TempDir Path top) throws Exception {
    assumeTrue(Accounts.self() == 0, "needs root");
    assumeTrue(BorrowedRights.available(), "needs Linux 5.3, and native access");
    Files.setPosixFilePermissions(top, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path user = Files.createDirectory(top.resolve("user"));
    give(user);
    state = user.resolve("state");
    graveyard = new DeadInstancesFixture(state);
    instances = state.resolve("instances");
    // Files that have the names of Sexton's files and are old enough to be removed.
    roots = Files.createDirectory(top.resolve("roots"));
    String dead = "\"pid\": 4294000000, \"started_at\": \"2026-01-01T00:00:00\"}";
    Files.writeString(roots.resolve(ID + ".json"), "{\"instance_id\": \"" + ID + "\", " + dead);
    Files.writeString(roots.resolve(OTHER + ".json"), "{\"pid\": ");
    Files.writeString(roots.resolve(OTHER + ".lock"), "");
    Files.writeString(roots.resolve(ID + ".json.1f.tmp"), "{");
    for (String name :
        List.of(ID + ".json", OTHER + ".json", OTHER + ".lock", ID + ".json.1f.tmp")) {
      DeadInstancesFixture.settle(roots.resolve(name));
    }
    before = content(roots);
  }

  @AfterEach
  void end() {
    if (graveyard != null) {
      graveyard.close();
    }
  }

  private static void give(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", NOBODY, LinkOption.NOFOLLOW_LINKS);
  }

  private static Map<String, String> content(Path directory) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        content.put(
            file.getFileName() + " " + Files.getAttribute(file, "unix:uid"),
            Files.readString(file));
      }
    }
    return content;
  }

  /// The kernel allows root only what the user could do there.
  @Test
  void whatRootWritesThereIsTheUsers() throws Exception {
    FileStateDirectory directory = graveyard.directory();
    directory.replace(ID + ".json", "{}".getBytes(StandardCharsets.UTF_8));
    directory.appendJournal(List.of("line"));
    FileInstanceLocks locks = new FileInstanceLocks();
    try (var lock = locks.lockAsSweeper(directory.lockFile(ID))) {
      assertThat(lock).isNotNull();
      for (Path file :
          List.of(
              state,
              instances,
              state.resolve("journal.jsonl"),
              instances.resolve(ID + ".json"),
              instances.resolve(ID + ".lock"))) {
        assertThat(Files.getAttribute(file, "unix:uid")).as("%s", file).isEqualTo(NOBODY);
      }
    }
    assertThat(Files.readString(Path.of("/proc/thread-self/status")))
        .as("the thread is root's again")
        .contains("Uid:\t0\t0\t0\t0")
        .contains("Gid:\t0\t0\t0\t0");
  }

  /// Acts as if the link had been created right after the check of the directory.
  @Test
  void throughALinkToADirectoryOfRootsNothingIsChanged() throws Exception {
    Files.delete(instances);
    Files.createSymbolicLink(instances, roots);
    Files.setAttribute(instances, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
    FileStateDirectory directory = graveyard.directory();
    Files.setPosixFilePermissions(
        roots.resolve(ID + ".json"), PosixFilePermissions.fromString("rw-------"));
    FileInstanceLocks locks = new FileInstanceLocks();
    for (var change :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> directory.replace(ID + ".json", new byte[0]),
            () -> directory.delete(ID + ".json"),
            () -> directory.setAside(ID + ".json"),
            () -> directory.read(ID + ".json"),
            () -> locks.lockAsOwner(directory.lockFile(ID)),
            () -> locks.lockAsSweeper(directory.lockFile(OTHER)))) {
      assertThatThrownBy(change).isInstanceOf(IOException.class);
    }
    assertThat(locks.probeOwner(directory.lockFile(ID))).isEqualTo(OwnerByte.MISSING);
    assertThat(graveyard.sweep().problems()).hasSize(1);
    assertThat(content(roots)).isEqualTo(before);
  }

  @Test
  void aFifoThatIsPutInTheWayHoldsNobodyUp() throws Exception {
    Path fifo = instances.resolve(ID + ".json");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    give(fifo);
    assertThatThrownBy(() -> graveyard.directory().read(ID + ".json"))
        .isInstanceOf(RecordException.Unreadable.class);
  }

  @Test
  void whatTheUserExchangesMeanwhileLeadsNowhereAndHoldsNobodyUp() throws Exception {
    Path record = instances.resolve(ID + ".json");
    String whole = Files.readString(roots.resolve(ID + ".json"));
    Files.writeString(record, whole);
    give(record);
    Process user =
        graveyard.unguarded(
            "setpriv",
            "--reuid=" + NOBODY,
            "--regid=" + NOBODY,
            "--clear-groups",
            "sh",
            "-c",
            EXCHANGE,
            "sh",
            state.toString(),
            roots.toString(),
            ID + ".json");
    for (int sweep = 0; sweep < 200; sweep++) {
      graveyard.sweep();
    }
    assertThat(user.isAlive()).isTrue();
    Files.createFile(state.resolveSibling("stop"));
    user.waitFor();
    assertThat(content(roots)).isEqualTo(before);

    Files.deleteIfExists(record);
    Files.writeString(record, whole);
    give(record);
    SweepReport after = graveyard.sweep();
    assertThat(DeadInstancesFixture.of(after, ID).record())
        .as("%s", after)
        .isEqualTo(RecordFate.REMOVED);
  }
}
