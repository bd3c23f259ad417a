package dev.sexton.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds processes in `/proc`, without the code under test.
public final class ProcScan {
  private ProcScan() {}

  /// Returns the running processes with this variable and value in their environment.
  public static List<Long> withVariable(String assignment) {
    return find(directory -> contains(directory.resolve("environ"), assignment));
  }

  /// Returns the sentinel of an instance, or what it has become. There is usually one.
  public static List<Long> sentinelsOf(String instanceId) {
    return find(directory -> {
      Path cmdline = directory.resolve("cmdline");
      return contains(cmdline, instanceId) && contains(cmdline, "--state-dir");
    });
  }

  /// Returns the running processes that have this word on their command line.
  public static List<Long> withArgument(String word) {
    return find(directory -> contains(directory.resolve("cmdline"), word));
  }

  /// Returns the running children of a process, whichever of its threads started them.
  public static List<Long> childrenOf(long parent) {
    return find(directory -> {
      String[] stat = stat(directory);
      return stat.length > 1 && stat[1].equals(Long.toString(parent));
    });
  }

  /// Returns the command line of a process, with a NUL after each word. It is empty if the process
  /// is gone.
  public static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  /// Returns the background watchers below a directory, and the shells that restart them.
  public static List<Long> watchersBelow(Path directory) {
    return find(entry -> {
      String command = commandLine(Long.parseLong(entry.getFileName().toString()));
      return command.contains(directory + "/") && command.contains("\0watch\0--background");
    });
  }

  /// Returns what the kernel knows about a process, for a message.
  public static String describe(long pid) {
    Path entry = Path.of("/proc/" + pid);
    return pid
        + " stat "
        + String.join(" ", stat(entry))
        + " command "
        + text(entry.resolve("cmdline"))
        + " mark "
        + find(entry.resolve("environ"), Pattern.compile("SEXTON_INSTANCE=\\S*"));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, ISO_8859_1).replace('\0', ' ');
    } catch (IOException gone) {
      return "";
    }
  }

  private static String find(Path file, Pattern pattern) {
    Matcher matcher = pattern.matcher(text(file));
    return matcher.find() ? matcher.group() : "none";
  }

  private static boolean contains(Path file, String word) {
    try {
      String text = new String(Files.readAllBytes(file), ISO_8859_1);
      return ("\0" + text).contains("\0" + word + "\0");
    } catch (IOException endedOrNotOurs) {
      return false;
    }
  }

  private static List<Long> find(Predicate<Path> wanted) {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path entry : entries) {
        if (wanted.test(entry) && isAlive(entry)) {
          found.add(Long.valueOf(entry.getFileName().toString()));
        }
      }
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
    return found;
  }

  private static boolean isAlive(Path entry) {
    String[] stat = stat(entry);
    return stat.length > 0 && !stat[0].equals("Z") && !stat[0].equals("X");
  }

  /// Returns the fields of `stat` from the state on, which is field 3. Empty if the process is
  /// gone.
  public static String[] stat(Path entry) {
    try {
      String stat = Files.readString(entry.resolve("stat"), ISO_8859_1);
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    } catch (IOException gone) {
      return new String[0];
    }
  }
}
