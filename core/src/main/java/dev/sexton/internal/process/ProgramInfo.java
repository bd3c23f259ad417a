package dev.sexton.internal.process;

import java.util.List;

/// The program that a process runs, as far as the process shows it. Immutable.
///
/// @param executable path of the executable, the target of `/proc/PID/exe`; empty if it cannot be
///   read. It ends in ` (deleted)` if the file was replaced while the process runs
/// @param arguments the command line, the program's own name first; empty if it cannot be read
/// @param title the short name from `/proc/PID/comm`; empty if it is not known
public record ProgramInfo(String executable, List<String> arguments, String title) {
  private static final String DELETED = " (deleted)";

  /// Of a process about which nothing can be read.
  public static final ProgramInfo UNREADABLE = new ProgramInfo("", List.of(), "");

  /// Copies the arguments.
  public ProgramInfo {
    arguments = List.copyOf(arguments);
  }

  /// Returns the path of the executable without the note that its file was replaced.
  public String path() {
    return executable.endsWith(DELETED)
        ? executable.substring(0, executable.length() - DELETED.length())
        : executable;
  }
}
