package dev.sexton.internal.process;

import java.util.List;

/// The program that a process runs, as far as the process shows it. Immutable.
///
/// @param executable the executable's path, the target of `/proc/PID/exe`, or empty if it cannot be
///   read. It ends in ` (deleted)` if the file was replaced while the process runs
/// @param arguments the command line, beginning with the program's name, or empty if it cannot be
///   read
/// @param title the short name from `/proc/PID/comm`, or empty if not known
public record ProgramInfo(String executable, List<String> arguments, String title) {
  private static final String DELETED = " (deleted)";

  /// A process of which nothing can be read.
  public static final ProgramInfo UNREADABLE = new ProgramInfo("", List.of(), "");

  /// Copies the arguments.
  public ProgramInfo {
    arguments = List.copyOf(arguments);
  }

  /// Returns the executable's path without the suffix for a replaced file.
  public String path() {
    return executable.endsWith(DELETED)
        ? executable.substring(0, executable.length() - DELETED.length())
        : executable;
  }
}
