package dev.sexton.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests on real pipes and sockets.
class ClientStdinTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /// A client with a server on a socket pair, as Node starts it.
  ///
  /// It follows commands from stdin.
  private static final String SOCKET_CLIENT =
      """
      import socket, subprocess, sys
      ours, its = socket.socketpair()
      server = subprocess.Popen(["sleep", "1000"], stdin=its)
      its.close()
      print(server.pid, flush=True)
      for line in sys.stdin:
          match line.strip():
              case "write":
                  ours.send(b"x")
              case "shutdown":
                  ours.shutdown(socket.SHUT_WR)
              case "close":
                  ours.close()
          print("done", flush=True)
      server.kill()
      """;

  private final List<Process> children = new ArrayList<>();

  @TempDir private Path directory;

  @BeforeEach
  void needsNativeAccess() {
    assumeTrue(Kernel.instance() != null, "a kernel with process descriptors");
  }

  @AfterEach
  void endChildren() {
    for (Process child : children) {
      child.descendants().forEach(ProcessHandle::destroyForcibly);
      child.destroyForcibly();
    }
  }

  private Process start(ProcessBuilder builder) throws IOException {
    Process child = builder.start();
    children.add(child);
    return child;
  }

  @Test
  void aPipeIsClosedOnceNobodyCanWriteToIt() throws IOException {
    Process server = start(new ProcessBuilder("sleep", "1000"));
    server
        .getOutputStream()
        .write("not read yet".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    server.getOutputStream().flush();
    assertThat(ClientStdin.isClosed(server.pid())).isFalse();

    server.getOutputStream().close();

    assertThat(ClientStdin.isClosed(server.pid())).isTrue();
    assertThat(server.isAlive()).isTrue();
  }

  /// The check holds the reading end for a moment. It must not keep the pipe open for the client.
  @Test
  void lookingHoldsNothing() throws IOException {
    Process server = start(new ProcessBuilder("sleep", "1000"));
    long before = descriptors();
    for (int i = 0; i < 100; i++) {
      assertThat(ClientStdin.isClosed(server.pid())).isFalse();
    }
    // Descriptors that the JVM itself opens.
    assertThat(descriptors()).isLessThanOrEqualTo(before + 2);
  }

  private static long descriptors() {
    String[] open = new File("/proc/self/fd").list();
    return open == null ? 0 : open.length;
  }

  @ParameterizedTest
  @ValueSource(strings = {"shutdown", "close"})
  void aSocketIsClosedOnceItsPeerSendsNoMore(String how) throws IOException {
    Process client = start(new ProcessBuilder("python3", "-c", SOCKET_CLIENT));
    try (BufferedReader answers = client.inputReader()) {
      long server = Long.parseLong(answers.readLine());
      await()
          .atMost(LIMIT)
          .until(() -> Files.readString(Path.of("/proc/" + server + "/comm")).equals("sleep\n"));
      tell(client, "write");
      assertThat(answers.readLine()).isEqualTo("done");
      assertThat(ClientStdin.isClosed(server)).isFalse();

      tell(client, how);
      assertThat(answers.readLine()).isEqualTo("done");

      assertThat(ClientStdin.isClosed(server)).isTrue();
    }
  }

  private static void tell(Process client, String word) throws IOException {
    client.outputWriter().write(word + "\n");
    client.outputWriter().flush();
  }

  @Test
  void aFileAndNobodyAreNotClosed() throws IOException {
    Path file = Files.createFile(directory.resolve("empty"));
    Process server = start(new ProcessBuilder("sleep", "1000").redirectInput(file.toFile()));
    assertThat(ClientStdin.isClosed(server.pid())).isFalse();
    Process gone = start(new ProcessBuilder("true"));
    gone.onExit().join();
    assertThat(ClientStdin.isClosed(gone.pid())).isFalse();
  }
}
