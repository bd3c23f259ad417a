package dev.sexton.internal.process;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Waits for processes to end and for files to appear, without using CPU time: poll(2) on process
/// descriptors and inotify(7). For use by one thread.
public final class Poller implements AutoCloseable {
  /// A watched process or directory. The end of a process is reported once and ends its watch.
  public static final class Key {
    private final int descriptor;

    private Key(long descriptor) {
      this.descriptor = (int) descriptor;
    }
  }

  /// Something that has happened.
  ///
  /// @param key the process or directory concerned
  /// @param fileName the file that appeared in a directory. Empty for a process, which has ended.
  ///   Also empty if too much has happened to report each file, or the directory is gone: then
  ///   check all of it
  public record Event(Key key, String fileName) {}

  // From poll.h on Linux.
  private static final int POLLIN = 0x1;
  private static final int POLLERR = 0x8;
  private static final int POLLHUP = 0x10;
  private static final int POLLNVAL = 0x20;

  // From sys/inotify.h: a file was created or moved here, the directory was deleted or moved
  // itself.
  private static final int IN_MOVED_TO = 0x80;
  private static final int IN_CREATE = 0x100;
  private static final int IN_DELETE_SELF = 0x400;
  private static final int IN_MOVE_SELF = 0x800;
  private static final int IN_ONLYDIR = 0x1000000;
  private static final int IN_CLOEXEC = 0x80000;
  private static final int IN_NONBLOCK = 0x800;

  /// The size of a struct pollfd in bytes: int fd, short events, short revents.
  private static final int POLLFD_BYTES = 8;

  /// The bytes of a struct inotify_event before its name.
  private static final int EVENT_HEADER_BYTES = 16;

  private static final int EVENT_BUFFER_BYTES = 16 * 1024;
  private static final int ENOENT = 2;
  private static final int ENOTDIR = 20;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Kernel kernel;
  private final List<Key> keys = new ArrayList<>();

  private Poller(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Creates a poller, or returns null if the JVM does not permit native calls or the kernel has no
  /// process descriptors. The first use in a JVM takes about 50 ms.
  public static @Nullable Poller open() {
    Kernel kernel = Kernel.instance();
    return kernel == null ? null : new Poller(kernel);
  }

  /// Watches for the end of a process, which includes its becoming a zombie.
  ///
  /// @param table verifies that the process found is the intended one
  /// @return the key, or null if the process has already ended
  /// @throws IOException if no descriptor is available, for example because too many are open
  public @Nullable Key process(ProcessTable table, ProcessInfo process) throws IOException {
    long descriptor = kernel.openProcess(process.pid());
    if (descriptor == -Kernel.ESRCH) {
      return null;
    }
    check(descriptor, "watch process " + process.pid());
    boolean same =
        table.find(process.pid()) instanceof ProcessLookup.Present present
            && present.process().sameAs(process)
            && present.process().isAlive();
    if (!same) {
      kernel.close(descriptor);
      return null;
    }
    return add(new Key(descriptor));
  }

  /// Watches for files that appear in a directory.
  ///
  /// @throws FileNotFoundException if it does not exist or is not a directory
  /// @throws IOException if it cannot be watched
  public Key directory(Path directory) throws IOException {
    long descriptor = kernel.call(SystemCall.INOTIFY_INIT1, IN_CLOEXEC | IN_NONBLOCK, 0, 0, 0);
    check(descriptor, "watch directories");
    int mask = IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    long watch;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(directory.toString());
      watch = kernel.call(SystemCall.INOTIFY_ADD_WATCH, descriptor, path.address(), mask, 0);
    }
    if (watch < 0) {
      kernel.close(descriptor);
    }
    if (watch == -ENOENT || watch == -ENOTDIR) {
      throw new FileNotFoundException(directory.toString());
    }
    check(watch, "watch directory " + directory);
    return add(new Key(descriptor));
  }

  private static void check(long result, String what) throws IOException {
    if (result < 0) {
      throw new IOException("cannot " + what + ": errno " + -result);
    }
  }

  private Key add(Key key) {
    keys.add(key);
    return key;
  }

  /// Stops watching this key.
  public void remove(Key key) {
    if (keys.remove(key)) {
      kernel.close(key.descriptor);
    }
  }

  /// Waits until something happens.
  ///
  /// @param limit the timeout, or null for none
  /// @return what has happened, or empty after the timeout
  public List<Event> await(@Nullable Duration limit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment descriptors = arena.allocate((long) POLLFD_BYTES * Math.max(1, keys.size()), 8);
      for (int i = 0; i < keys.size(); i++) {
        long at = (long) POLLFD_BYTES * i;
        descriptors.set(ValueLayout.JAVA_INT, at, keys.get(i).descriptor);
        descriptors.set(ValueLayout.JAVA_SHORT, at + 4, (short) POLLIN);
      }
      if (poll(arena, descriptors, limit) <= 0) {
        return List.of();
      }
      List<Event> happened = new ArrayList<>();
      for (int i = keys.size() - 1; i >= 0; i--) {
        int found = descriptors.get(ValueLayout.JAVA_SHORT, (long) POLLFD_BYTES * i + 6);
        if ((found & (POLLIN | POLLERR | POLLHUP | POLLNVAL)) != 0) {
          happened(keys.get(i), arena, happened);
        }
      }
      return happened;
    }
  }

  private long poll(Arena arena, MemorySegment descriptors, @Nullable Duration limit) {
    MemorySegment timeout = MemorySegment.NULL;
    if (limit != null) {
      timeout = arena.allocate(2 * ValueLayout.JAVA_LONG.byteSize(), 8);
      long nanos = Math.max(0, limit.toNanos());
      timeout.setAtIndex(ValueLayout.JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
      timeout.setAtIndex(ValueLayout.JAVA_LONG, 1, nanos % NANOS_PER_SECOND);
    }
    return kernel.call(SystemCall.PPOLL, descriptors.address(), keys.size(), timeout.address(), 0);
  }

  private void happened(Key key, Arena arena, List<Event> happened) {
    if (!readNames(key, arena, happened)) {
      happened.add(new Event(key, ""));
      remove(key);
    }
  }

  /// Reads what appeared in a directory. Returns false if this is not a directory or it is gone.
  private boolean readNames(Key key, Arena arena, List<Event> happened) {
    MemorySegment buffer = arena.allocate(EVENT_BUFFER_BYTES, 8);
    long length =
        kernel.call(SystemCall.READ, key.descriptor, buffer.address(), EVENT_BUFFER_BYTES, 0);
    long at = 0;
    while (at + EVENT_HEADER_BYTES <= length) {
      int mask = buffer.get(ValueLayout.JAVA_INT, at + 4);
      int nameBytes = buffer.get(ValueLayout.JAVA_INT, at + 12);
      if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
        byte[] name =
            buffer.asSlice(at + EVENT_HEADER_BYTES, nameBytes).toArray(ValueLayout.JAVA_BYTE);
        happened.add(new Event(key, upToNul(name)));
      } else if ((mask & (IN_DELETE_SELF | IN_MOVE_SELF)) != 0) {
        return false;
      } else {
        happened.add(new Event(key, "")); // IN_Q_OVERFLOW
      }
      at += EVENT_HEADER_BYTES + nameBytes;
    }
    return length > 0;
  }

  private static String upToNul(byte[] name) {
    int end = 0;
    while (end < name.length && name[end] != 0) {
      end++;
    }
    return new String(name, 0, end, StandardCharsets.UTF_8);
  }

  /// Stops watching everything.
  @Override
  public void close() {
    for (Key key : List.copyOf(keys)) {
      remove(key);
    }
  }
}
