package dev.sexton.testsupport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One process, but no later one with the same PID, as `/proc` shows it and without the code under
/// test.
///
/// @param pid its ID
/// @param start its start time: field 22 of `/proc/PID/stat`
public record Proc(long pid, long start) {
  // Fields of `/proc/PID/stat`, as proc(5) numbers them.
  private static final int STATE = 3;
  private static final int PARENT = 4;
  private static final int GROUP = 5;
  private static final int SESSION = 6;
  private static final int TERMINAL = 7;
  private static final int THREADS = 20;
  private static final int START = 22;

  /// Returns the process that has this ID now.
  ///
  /// @throws IllegalStateException if there is none
  public static Proc of(long pid) {
    Proc process = find(pid);
    if (process == null) {
      throw new IllegalStateException("no process " + pid);
    }
    return process;
  }

  /// Returns the process that has this ID now, or null if there is none. It may be a zombie.
  public static @Nullable Proc find(long pid) {
    List<String> stat = stat(pid);
    return stat.isEmpty() ? null : new Proc(pid, number(stat, START));
  }

  /// Returns the fields of `/proc/PID/stat` from [#STATE] on. Empty if there is no such process.
  private static List<String> stat(long pid) {
    String stat = ProcScan.text(pid, "stat");
    return stat.isEmpty()
        ? List.of()
        : List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
  }

  private static long number(List<String> stat, int field) {
    return Long.parseLong(stat.get(field - STATE));
  }

  /// Returns the fields of this process, but of no later one. Empty if it is gone.
  private List<String> stat() {
    List<String> stat = stat(pid);
    return !stat.isEmpty() && number(stat, START) == start ? stat : List.of();
  }

  /// Returns a field, or 0 if it is gone.
  private long number(int field) {
    List<String> stat = stat();
    return stat.isEmpty() ? 0 : number(stat, field);
  }

  /// Returns whether it is in the process table, even as a zombie.
  public boolean isThere() {
    return !stat().isEmpty();
  }

  /// Returns whether it is running or stopped. A zombie is not running.
  public boolean isRunning() {
    return "ZXx".indexOf(state()) < 0;
  }

  /// Returns field 3 of its `stat`: X if it is gone, R if only its first thread has ended.
  public char state() {
    List<String> stat = stat();
    if (stat.isEmpty()) {
      return 'X';
    }
    return isHeadless(stat) ? 'R' : stat.getFirst().charAt(0);
  }

  /// Returns whether its first thread has ended but others have not.
  public boolean isHeadless() {
    return isHeadless(stat());
  }

  private static boolean isHeadless(List<String> stat) {
    return !stat.isEmpty() && stat.getFirst().equals("Z") && number(stat, THREADS) > 1;
  }

  /// Returns its parent, or 0 if it is gone.
  public long parent() {
    return number(PARENT);
  }

  /// Returns its process group, or 0 if it is gone.
  public long group() {
    return number(GROUP);
  }

  /// Returns its session, or 0 if it is gone.
  public long session() {
    return number(SESSION);
  }

  /// Returns the device number of its terminal, or 0 if it has none or is gone.
  public long terminal() {
    return number(TERMINAL);
  }

  /// Returns the text of one of its files in `/proc`, such as `comm` or `environ`.
  ///
  /// @throws UncheckedIOException if it is gone, or the file must not be read
  public String text(String file) {
    try {
      return Files.readString(Path.of("/proc/" + pid, file), ISO_8859_1);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// Ends it by SIGKILL if it is still the same process.
  public void kill() {
    if (isThere()) {
      // The handle compares the start time again.
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /// Stops it with SIGSTOP, and returns once it is stopped.
  public void stop() {
    signal("STOP");
    Await.until("process " + pid + " is stopped", () -> state() == 'T');
  }

  /// Continues it.
  public void resume() {
    signal("CONT");
    Await.until("process " + pid + " goes on", () -> state() != 'T');
  }

  private void signal(String name) {
    if (!isRunning()) {
      throw new IllegalStateException("process " + pid + " is gone");
    }
    Commands.run(List.of("sh", "-c", "kill -" + name + " " + pid));
  }
}
