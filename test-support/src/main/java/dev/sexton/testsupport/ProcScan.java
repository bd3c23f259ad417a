package dev.sexton.testsupport;

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
  private static final Pattern MARKER = Pattern.compile("SEXTON_INSTANCE=\\S*");

  private ProcScan() {}

  /// Returns the running processes with this variable and value in their environment.
  public static List<Long> withVariable(String assignment) {
    return find(directory -> contains(directory, "environ", assignment));
  }

  /// Returns the sentinel of an instance, or what it has become. There is usually one.
  public static List<Long> sentinelsOf(String instanceId) {
    return find(directory ->
        contains(directory, "cmdline", instanceId)
            && contains(directory, "cmdline", "--state-dir"));
  }

  /// Returns the running processes that have this word on their command line.
  public static List<Long> withArgument(String word) {
    return find(directory -> contains(directory, "cmdline", word));
  }

  /// Returns the running processes that have this text anywhere in their command line.
  public static List<Long> mentioning(String text) {
    return find(directory -> commandLine(pid(directory)).contains(text));
  }

  /// Returns the running children of a process, whichever of its threads started them.
  public static List<Long> childrenOf(long parent) {
    return find(directory -> {
      Proc process = Proc.find(pid(directory));
      return process != null && process.parent() == parent;
    });
  }

  /// Returns whether there is no process with this ID, or only one that its parent has not yet
  /// reaped.
  public static boolean isGone(long pid) {
    Proc process = Proc.find(pid);
    return process == null || !process.isRunning();
  }

  /// Returns the command line of a process, with a NUL after each word. It is empty if the process
  /// is gone.
  public static String commandLine(long pid) {
    return text(pid, "cmdline");
  }

  /// Returns the text of a file in the directory of a process in `/proc`. Empty if the process is
  /// gone, or the file must not be read.
  public static String text(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc/" + pid, file), ISO_8859_1);
    } catch (IOException goneOrNotOurs) {
      return "";
    }
  }

  /// Returns the background watchers below a directory, and the shells that restart them.
  public static List<Long> watchersBelow(Path directory) {
    return find(entry -> {
      String command = commandLine(pid(entry));
      return command.contains(directory + "/") && command.contains("\0watch\0--background");
    });
  }

  /// Returns what the kernel knows about a process, for a message.
  public static String describe(long pid) {
    Matcher marker = MARKER.matcher(text(pid, "environ").replace('\0', ' '));
    return pid
        + " stat "
        + text(pid, "stat")
        + " command "
        + commandLine(pid).replace('\0', ' ')
        + " mark "
        + (marker.find() ? marker.group() : "none");
  }

  private static boolean contains(Path directory, String file, String word) {
    return ("\0" + text(pid(directory), file)).contains("\0" + word + "\0");
  }

  private static long pid(Path directory) {
    return Long.parseLong(directory.getFileName().toString());
  }

  private static List<Long> find(Predicate<Path> wanted) {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path entry : entries) {
        if (wanted.test(entry) && !isGone(pid(entry))) {
          found.add(pid(entry));
        }
      }
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
    return found;
  }
}
