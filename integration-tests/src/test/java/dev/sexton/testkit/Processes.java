package dev.sexton.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The processes that a test started, directly or through a server. Each is known by its PID and
/// start time, so no other process is ever killed or taken for one of them.
public final class Processes implements AutoCloseable {
  /// One process.
  ///
  /// @param pid its ID
  /// @param start its start time in clock ticks, as the kernel keeps it
  public record Seen(long pid, long start) {
    /// Returns whether it is running or stopped. A zombie is not running.
    public boolean isRunning() {
      String[] fields = fields(pid);
      return fields.length > 0
          && !fields[0].equals("Z")
          && !fields[0].equals("X")
          && Long.parseLong(fields[START]) == start;
    }

    /// Ends it by SIGKILL if it is still the same process.
    public void kill() {
      if (isRunning()) {
        // The handle compares the start time again.
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  /// Counted from the state, which is field 3.
  private static final int START = 22 - 3;

  private final List<Seen> seen = new ArrayList<>();

  /// Starts a process and remembers it.
  public Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    adopt(process.pid());
    return process;
  }

  /// Remembers a process that another process of the test started. It must be running.
  public Seen adopt(long pid) {
    String[] fields = fields(pid);
    if (pid < 2 || fields.length == 0) {
      throw new AssertionError("process " + pid + " is gone already");
    }
    Seen one = new Seen(pid, Long.parseLong(fields[START]));
    seen.add(one);
    return one;
  }

  /// Returns the IDs of a process's children.
  public static List<Long> children(long pid) {
    try {
      String children = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
      return children.isBlank()
          ? List.of()
          : Arrays.stream(children.strip().split(" ", -1)).map(Long::valueOf).toList();
    } catch (IOException gone) {
      return List.of();
    }
  }

  /// Returns the fields of `/proc/PID/stat` after the command. Empty if there is no such process.
  private static String[] fields(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    } catch (IOException gone) {
      return new String[0];
    }
  }

  @Override
  public void close() {
    seen.forEach(Seen::kill);
  }
}
