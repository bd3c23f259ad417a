package dev.sexton.internal.process;

import dev.sexton.internal.process.ProcessReader.Interpreter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Finds out from `/proc` which programs processes run.
final class LinuxPrograms {
  private LinuxPrograms() {}

  /// Returns what interprets the program of a process.
  static Interpreter interpreter(long pid) {
    String executable = ProcFiles.link("/proc/" + pid + "/exe");
    if ((executable != null && isPython(executable)) || isPython(firstArgument(pid))) {
      return Interpreter.PYTHON;
    }
    if (executable == null) {
      return Interpreter.HIDDEN;
    }
    // A program that embeds the interpreter, as uwsgi does, maps its library.
    return ProcFiles.text("/proc/" + pid + "/maps").contains("libpython")
        ? Interpreter.PYTHON
        : Interpreter.OTHER;
  }

  private static String firstArgument(long pid) {
    byte[] line = ProcFiles.bytes("/proc/" + pid + "/cmdline", 1 << 16);
    int end = 0;
    while (end < line.length && line[end] != 0) {
      end++;
    }
    return new String(line, 0, end, StandardCharsets.UTF_8);
  }

  private static boolean isPython(String program) {
    String name = program.substring(program.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return name.startsWith("python") || name.startsWith("pypy");
  }

  /// Returns the program of a process; its parts are empty if they are hidden.
  static ProgramInfo program(long pid) {
    String executable = ProcFiles.link("/proc/" + pid + "/exe");
    byte[] line = ProcFiles.bytes("/proc/" + pid + "/cmdline", 1 << 16);
    List<String> arguments = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < line.length; i++) {
      if (line[i] == 0) {
        arguments.add(new String(line, start, i - start, StandardCharsets.UTF_8));
        start = i + 1;
      }
    }
    if (start < line.length) { // A title that a program wrote over its command line.
      arguments.add(new String(line, start, line.length - start, StandardCharsets.UTF_8));
    }
    String title = ProcFiles.text("/proc/" + pid + "/comm").strip();
    return new ProgramInfo(executable == null ? "" : executable, arguments, title);
  }

  /// Returns the beginning of the command line, for people.
  static String command(long pid) {
    byte[] line = ProcFiles.head("/proc/" + pid + "/cmdline");
    String command = new String(line, StandardCharsets.UTF_8).replace('\0', ' ').strip();
    return command.substring(0, Math.min(command.length(), ProcessReader.MAX_COMMAND));
  }
}
