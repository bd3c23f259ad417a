package dev.sexton.internal.process;

import dev.sexton.internal.process.InstanceMarker.Source;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Selected variables of another process's environment, read from `/proc/PID/environ`. See proc(5).
final class Environment {
  /// At most this much of an environment is read. The kernel's limit is 6 MB by default.
  private static final int LIMIT = 8 << 20;

  /// An exec takes well under a millisecond of processor time, but a busy machine may interrupt it.
  /// A process that never finishes one must not delay the sweep for much longer than half a second.
  private static final int LOOKS = 500;

  private static final long BETWEEN_LOOKS_NANOS = 1_000_000;

  private static final Environment NONE = new Environment(Source.NONE, new @Nullable String[0]);
  private static final Environment UNREADABLE =
      new Environment(Source.UNREADABLE, new @Nullable String[0]);

  private final Source source;
  private final @Nullable String[] values;

  private Environment(Source source, @Nullable String[] values) {
    this.source = source;
    this.values = values;
  }

  Source source() {
    return source;
  }

  /// Returns the value of the requested variable at this index, or null if it is not set.
  @Nullable String value(int index) {
    return index < values.length ? values[index] : null;
  }

  /// Reads the given variables of a process.
  ///
  /// During an exec, a process briefly shows no environment. This method waits for it, because it
  /// would miss the marker otherwise. A process whose first thread has ended shows none either, but
  /// its other threads do.
  static Environment of(long pid, String... names) {
    String path = "/proc/" + pid + "/environ";
    boolean isEmpty = false;
    for (int look = 0; look < LOOKS; look++) {
      byte[] bytes = ProcFiles.bytes(path, LIMIT);
      if (bytes.length > 0) {
        return parse(bytes, names);
      }
      if (isEmpty) {
        return NONE; // This read confirms what the kernel said before it.
      }
      isEmpty = ProcFiles.hasEmptyEnvironment(pid);
      if (!isEmpty && !ProcFiles.hasMemory(pid)) {
        return ofOtherThread(pid, names);
      }
      if (!isEmpty) {
        LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
      }
    }
    return UNREADABLE;
  }

  /// Extracts the variables from an environment as the kernel shows it: `NAME=VALUE` entries, each
  /// followed by a NUL. An entry of another form was overwritten by the program.
  static Environment parse(byte[] bytes, String... names) {
    @Nullable String[] values = new @Nullable String[names.length];
    boolean intact = true;
    int start = 0;
    for (int i = 0; i <= bytes.length; i++) {
      if (i < bytes.length && bytes[i] != 0) {
        continue;
      }
      intact &= i == bytes.length ? start == i : isVariable(bytes, start, i);
      for (int n = 0; n < names.length; n++) {
        int valueAt = valueAt(bytes, start, i, names[n]);
        if (valueAt >= 0 && values[n] == null) {
          values[n] = new String(bytes, valueAt, i - valueAt, StandardCharsets.UTF_8);
        }
      }
      start = i + 1;
    }
    return new Environment(intact ? Source.READ : Source.OVERWRITTEN, values);
  }

  private static boolean isVariable(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '=') {
        return true;
      }
    }
    return false;
  }

  private static int valueAt(byte[] bytes, int from, int to, String name) {
    int length = name.length();
    if (to - from <= length || bytes[from + length] != '=') {
      return -1;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[from + i] != name.charAt(i)) {
        return -1;
      }
    }
    return from + length + 1;
  }

  /// Reads the variables from another thread than the first, which has ended.
  private static Environment ofOtherThread(long pid, String... names) {
    String[] threads = new File("/proc/" + pid + "/task").list();
    if (threads != null && threads.length > 1) {
      for (String thread : threads) {
        byte[] bytes = ProcFiles.bytes("/proc/" + pid + "/task/" + thread + "/environ", LIMIT);
        if (bytes.length > 0) {
          return parse(bytes, names);
        }
      }
    }
    String path = "/proc/" + pid + "/environ";
    return ProcFiles.isReadable(path) || !new File(path).exists() ? NONE : UNREADABLE;
  }
}
