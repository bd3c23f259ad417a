package dev.sexton.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
  /// Returns the process that has this ID now.
  public static Proc of(long pid) {
    Stat stat = Stat.read(pid);
    if (stat == null) {
      throw new IllegalStateException("no process " + pid);
    }
    return new Proc(pid, stat.start());
  }

  private record Stat(char state, long parent, long session, long threads, long start) {
    static @Nullable Stat read(long pid) {
      try {
        String line =
            Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1));
        return new Stat(
            fields.get(0).charAt(0),
            Long.parseLong(fields.get(1)),
            Long.parseLong(fields.get(3)),
            Long.parseLong(fields.get(17)),
            Long.parseLong(fields.get(19)));
      } catch (IOException gone) {
        return null;
      }
    }
  }

  private @Nullable Stat stat() {
    Stat stat = Stat.read(pid);
    return stat != null && stat.start() == start ? stat : null;
  }

  /// Returns whether it is in the process table, even as a zombie.
  public boolean isThere() {
    return stat() != null;
  }

  /// Returns whether it exists and is not a zombie.
  public boolean isAlive() {
    return "ZXx".indexOf(state()) < 0;
  }

  /// Returns field 3 of its `stat`: X if it is gone, R if only its first thread has ended.
  public char state() {
    Stat stat = stat();
    if (stat == null) {
      return 'X';
    }
    return stat.state() == 'Z' && stat.threads() > 1 ? 'R' : stat.state();
  }

  /// Returns whether its first thread has ended but others have not.
  public boolean isHeadless() {
    Stat stat = stat();
    return stat != null && stat.state() == 'Z' && stat.threads() > 1;
  }

  /// Returns its parent, or 0 if it is gone.
  public long parent() {
    Stat stat = stat();
    return stat == null ? 0 : stat.parent();
  }

  /// Returns its session, or 0 if it is gone.
  public long session() {
    Stat stat = stat();
    return stat == null ? 0 : stat.session();
  }

  /// Kills it if it still exists.
  public void kill() {
    if (isThere()) {
      // The handle compares the start time again.
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /// Stops it with SIGSTOP, and returns once it is stopped.
  public void stop() {
    signal("STOP");
    World.await("process " + pid + " is stopped", () -> state() == 'T');
  }

  /// Continues it.
  public void resume() {
    signal("CONT");
    World.await("process " + pid + " goes on", () -> state() != 'T');
  }

  private void signal(String name) {
    if (!isAlive()) {
      throw new IllegalStateException("process " + pid + " is gone");
    }
    World.run("sh", "-c", "kill -" + name + " " + pid);
  }
}
