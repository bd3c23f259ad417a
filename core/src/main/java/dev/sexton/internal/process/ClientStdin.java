package dev.sexton.internal.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Determines whether any process can still write to the stdin of a process. Keeps nothing open: a
/// pipe is opened briefly, and the kernel reports the state of a socket. For use by one thread.
public final class ClientStdin {
  private static final String PIPE = "pipe:[";
  private static final String SOCKET = "socket:[";

  // From fcntl.h and poll.h on Linux.
  private static final int AT_FDCWD = -100;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int POLLHUP = 0x10;

  // From sys/socket.h, linux/netlink.h and linux/sock_diag.h.
  private static final int AF_UNIX = 1;
  private static final int AF_NETLINK = 16;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_NONBLOCK_CLOEXEC = 0x80800;
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final short SOCK_DIAG_BY_FAMILY = 20;
  private static final short NLM_F_REQUEST = 1;

  /// UNIX_DIAG_SHUTDOWN of linux/unix_diag.h: which ends of the socket are shut down. The kernel
  /// reports it without being asked.
  private static final short UNIX_DIAG_SHUTDOWN = 6;

  /// RCV_SHUTDOWN of net/sock.h: no more data will arrive.
  private static final byte RECEIVING = 1;

  /// Sizes in bytes of the structs nlmsghdr, unix_diag_req, unix_diag_msg and nlattr.
  private static final int HEADER = 16;

  private static final int REQUEST = 24;
  private static final int MESSAGE = 16;
  private static final int ATTRIBUTE = 4;

  private ClientStdin() {}

  /// Returns whether the client has closed the stdin of a process, or no process is left that could
  /// write to it. False if that cannot be determined, for example for a terminal, a file, or a
  /// process of another user.
  ///
  /// @param pid the process ID. The caller has verified that it identifies the intended process
  public static boolean isClosed(long pid) {
    Kernel kernel = Kernel.instance();
    String path = "/proc/" + pid + "/fd/0";
    String target = kernel == null ? null : ProcFiles.link(path);
    if (kernel == null || target == null) {
      return false;
    }
    if (target.startsWith(PIPE)) {
      return pipeIsClosed(kernel, path);
    }
    return target.startsWith(SOCKET) && socketIsClosed(kernel, inode(target));
  }

  private static long inode(String target) {
    try {
      return Long.parseLong(target.substring(SOCKET.length(), target.length() - 1));
    } catch (NumberFormatException odd) {
      return -1;
    }
  }

  private static boolean pipeIsClosed(Kernel kernel, String path) {
    try (Arena arena = Arena.ofConfined()) {
      long descriptor =
          kernel.call(
              SystemCall.OPENAT,
              AT_FDCWD,
              arena.allocateFrom(path).address(),
              O_NONBLOCK | O_CLOEXEC,
              0);
      if (descriptor < 0) {
        return false;
      }
      try {
        MemorySegment poll = arena.allocate(8, 8);
        poll.set(ValueLayout.JAVA_INT, 0, (int) descriptor);
        MemorySegment noTime = arena.allocate(2 * ValueLayout.JAVA_LONG.byteSize(), 8);
        long found = kernel.call(SystemCall.PPOLL, poll.address(), 1, noTime.address(), 0);
        return found > 0 && (poll.get(ValueLayout.JAVA_SHORT, 6) & POLLHUP) != 0;
      } finally {
        kernel.close(descriptor);
      }
    }
  }

  /// Queries the kernel about one Unix socket. See sock_diag(7).
  private static boolean socketIsClosed(Kernel kernel, long inode) {
    if (inode < 0 || inode > 0xFFFF_FFFFL) {
      return false;
    }
    long socket =
        kernel.call(
            SystemCall.SOCKET,
            AF_NETLINK,
            SOCK_DGRAM | SOCK_NONBLOCK_CLOEXEC,
            NETLINK_SOCK_DIAG,
            0);
    if (socket < 0) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(HEADER + REQUEST, 8);
      request.set(ValueLayout.JAVA_INT, 0, HEADER + REQUEST);
      request.set(ValueLayout.JAVA_SHORT, 4, SOCK_DIAG_BY_FAMILY);
      request.set(ValueLayout.JAVA_SHORT, 6, NLM_F_REQUEST);
      request.set(ValueLayout.JAVA_INT, 8, 1);
      request.set(ValueLayout.JAVA_BYTE, HEADER, (byte) AF_UNIX);
      request.set(ValueLayout.JAVA_INT, HEADER + 4L, -1); // in any state
      request.set(ValueLayout.JAVA_INT, HEADER + 8L, (int) inode);
      request.set(ValueLayout.JAVA_INT, HEADER + 16L, -1); // INET_DIAG_NOCOOKIE, twice
      request.set(ValueLayout.JAVA_INT, HEADER + 20L, -1);
      if (kernel.call(SystemCall.WRITE, socket, request.address(), HEADER + REQUEST, 0) < 0) {
        return false;
      }
      MemorySegment answer = arena.allocate(4096, 8);
      long length = kernel.call(SystemCall.READ, socket, answer.address(), answer.byteSize(), 0);
      return length >= HEADER + MESSAGE
          && answer.get(ValueLayout.JAVA_SHORT, 4) == SOCK_DIAG_BY_FAMILY
          && isShutDown(answer.asSlice(0, Math.min(length, answer.get(ValueLayout.JAVA_INT, 0))));
    } finally {
      kernel.close(socket);
    }
  }

  private static boolean isShutDown(MemorySegment answer) {
    long at = HEADER + MESSAGE;
    while (at + ATTRIBUTE < answer.byteSize()) {
      int length = Short.toUnsignedInt(answer.get(ValueLayout.JAVA_SHORT, at));
      if (length < ATTRIBUTE) {
        return false;
      }
      if (answer.get(ValueLayout.JAVA_SHORT, at + 2) == UNIX_DIAG_SHUTDOWN && length > ATTRIBUTE) {
        return (answer.get(ValueLayout.JAVA_BYTE, at + ATTRIBUTE) & RECEIVING) != 0;
      }
      at += (length + 3L) & ~3L;
    }
    return false;
  }
}
