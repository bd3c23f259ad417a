package dev.sexton.mcp.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Checks processes in `/proc`.
public final class Gone {
  private Gone() {}

  /// Returns whether there is no such process, or only one that its parent has not yet reaped.
  public static boolean isGone(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String state = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 2)[0];
      return state.equals("Z") || state.equals("X");
    } catch (IOException gone) {
      return true;
    }
  }
}
