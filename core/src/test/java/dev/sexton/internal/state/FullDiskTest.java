package dev.sexton.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sexton.testsupport.Gate;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A full disk and a read-only disk, in a mount namespace of the test's own.
///
/// No existing data is lost, and the error says what failed, where, and what to do.
@Gate("needs root")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullDiskTest {
  private static final String ID = "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11.json";

  @Test
  void whatIsThereStays(@TempDir Path directory) throws Exception {
    assumeTrue(Accounts.self() == 0, "needs mount");
    Process inside =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=128k,mode=700 tmpfs \"$0\" || exit 77; exec \"$@\"",
                directory.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                FullDiskTest.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    try {
      String said = new String(inside.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = inside.waitFor();
      assumeTrue(exit != 77, "needs a mount namespace");
      assertThat(exit).as(said).isZero();
      assertThat(said).isEqualTo("all is as it should be\n");
    } finally {
      inside.destroyForcibly().onExit().join();
    }
  }

  /// Runs in a namespace in which the directory is a small disk.
  public static void main(String[] args) throws Exception {
    Path top = Path.of(args[0]);
    FileStateDirectory state = new FileStateDirectory(top.resolve("state"), "mcp");
    Path record = state.path().resolve("instances").resolve(ID);
    Path journal = state.path().resolve("journal.jsonl");
    state.create();
    state.replace(ID, bytes("old"));
    state.appendJournal(List.of("first", "second"));
    Path filler = top.resolve("filler");
    fill(filler);

    assertThatThrownBy(() -> state.replace(ID, new byte[100_000]))
        .hasMessageStartingWith(record + ": ")
        .hasMessageEndingWith(": its disk is full: free some space");
    assertThat(state.read(ID).bytes()).isEqualTo(bytes("old"));
    assertThat(state.list()).containsExactly(ID);
    String line = "x".repeat(100_000);
    assertThatThrownBy(() -> state.appendJournal(List.of(line)))
        .hasMessageStartingWith(journal + ": ")
        .hasMessageEndingWith(": its disk is full: free some space");
    assertThat(state.readJournal()).startsWith("first", "second");

    Files.delete(filler);
    state.appendJournal(List.of("third"));
    assertThat(state.readJournal()).startsWith("first", "second").endsWith("third");

    Process remount = new ProcessBuilder("mount", "-o", "remount,ro", top.toString()).start();
    assertThat(remount.waitFor()).isZero();
    for (var change :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> state.replace(ID, bytes("new")),
            () -> state.appendJournal(List.of("fourth")),
            () -> new FileStateDirectory(top.resolve("other"), "mcp").create())) {
      assertThatThrownBy(change)
          .hasMessageContaining(top.toString())
          .hasMessageContaining("its file system is read-only: mount it writable, or choose");
    }
    assertThat(state.read(ID).bytes()).isEqualTo(bytes("old"));
    System.out.println("all is as it should be");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void fill(Path filler) throws IOException {
    try (OutputStream out = Files.newOutputStream(filler)) {
      for (int i = 0; i < 1_000; i++) {
        out.write(new byte[4096]);
      }
    } catch (IOException full) {
      return;
    }
    throw new IOException("the disk is not small");
  }
}
