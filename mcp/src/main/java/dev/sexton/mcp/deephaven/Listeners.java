package dev.sexton.mcp.deephaven;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// Finds the process that listens on a TCP port of this machine, as reported by the kernel.
final class Listeners {
  /// The owner of a port.
  enum Owner {
    /// Nobody listens on it.
    NOBODY,
    /// Only the given process or its descendants listen on it.
    OURS,
    /// Another process listens on it, as far as can be determined.
    SOMEBODY_ELSE
  }

  private static final String LISTENING = "0A";

  // The columns of /proc/net/tcp.
  private static final int LOCAL_ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private Listeners() {}

  /// Returns a port that nobody listens on, at any address. Another process may take it before it
  /// is used.
  static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }

  /// Returns the owner of a port, relative to a process.
  static Owner owner(int port, long pid) throws IOException {
    Set<String> sockets = new HashSet<>();
    addSockets(Path.of("/proc/net/tcp"), port, sockets);
    Path six = Path.of("/proc/net/tcp6");
    if (Files.exists(six)) {
      addSockets(six, port, sockets);
    }
    if (sockets.isEmpty()) {
      return Owner.NOBODY;
    }
    removeSocketsOf(pid, sockets);
    ProcessHandle.of(pid)
        .map(ProcessHandle::descendants)
        .orElse(Stream.empty())
        .forEach(child -> removeSocketsOf(child.pid(), sockets));
    return sockets.isEmpty() ? Owner.OURS : Owner.SOMEBODY_ELSE;
  }

  private static void addSockets(Path table, int port, Set<String> sockets) throws IOException {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    for (String line : Files.readAllLines(table)) {
      List<String> columns = List.of(line.strip().split("\\s+", -1));
      if (columns.size() > INODE
          && columns.get(LOCAL_ADDRESS).endsWith(suffix)
          && columns.get(STATE).equals(LISTENING)) {
        sockets.add("socket:[" + columns.get(INODE) + "]");
      }
    }
  }

  private static void removeSocketsOf(long pid, Set<String> sockets) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : open) {
        removeTarget(descriptor, sockets);
      }
    } catch (IOException gone) {
      return; // Or another user's process: then the socket is not known to be ours.
    }
  }

  private static void removeTarget(Path descriptor, Set<String> sockets) {
    try {
      sockets.remove(Files.readSymbolicLink(descriptor).toString());
    } catch (IOException closed) {
      return;
    }
  }
}
