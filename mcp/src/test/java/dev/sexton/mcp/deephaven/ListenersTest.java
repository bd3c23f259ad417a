package dev.sexton.mcp.deephaven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.mcp.deephaven.Listeners.Owner;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class ListenersTest {
  private static final long SELF = ProcessHandle.current().pid();

  /// Listens at an address and prints the port.
  ///
  /// If requested, a child of it listens instead.
  private static final String PYTHON =
      """
      import socket, subprocess, sys
      if sys.argv[1:2] == ['below']:
          sys.exit(subprocess.call([sys.executable, '-c', sys.argv[3], sys.argv[2]]))
      s = socket.socket()
      s.bind((sys.argv[1], 0))
      s.listen()
      print(s.getsockname()[1], flush=True)
      sys.stdin.read()
      """;

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::", "0.0.0.0"})
  void knowsItsOwn(String address) throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
      assertThat(Listeners.owner(socket.getLocalPort(), SELF)).isEqualTo(Owner.OURS);
      assertThat(
              Listeners.owner(
                  socket.getLocalPort(), ProcessHandle.current().parent().orElseThrow().pid()))
          .as("seen from who has started it")
          .isEqualTo(Owner.OURS);
    }
  }

  @Test
  void knowsAPortOfNobody() throws Exception {
    assertThat(Listeners.owner(Listeners.freePort(), SELF)).isEqualTo(Owner.NOBODY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "below"})
  void tellsOneProcessFromAnother(String where) throws Exception {
    List<String> command =
        where.equals("direct")
            ? List.of("python3", "-c", PYTHON, "127.0.0.1")
            : List.of("python3", "-c", PYTHON, "below", "127.0.0.1", PYTHON);
    Process listening = new ProcessBuilder(command).start();
    Process stranger = new ProcessBuilder("sleep", "600").start();
    try (BufferedReader output = listening.inputReader()) {
      int port = Integer.parseInt(output.readLine());
      assertThat(Listeners.owner(port, listening.pid())).isEqualTo(Owner.OURS);
      assertThat(Listeners.owner(port, stranger.pid())).isEqualTo(Owner.SOMEBODY_ELSE);
    } finally {
      listening.getOutputStream().close(); // It ends when it has read everything.
      listening.waitFor();
      stranger.destroyForcibly();
    }
  }
}
