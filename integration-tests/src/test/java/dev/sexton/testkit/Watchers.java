package dev.sexton.testkit;

import static org.awaitility.Awaitility.await;

import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.ProcScan;
import dev.sexton.testsupport.Processes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The background watchers that servers of a test have started, by root.
public final class Watchers {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Watchers() {}

  /// Returns the watcher of a root if one has recorded itself. It may have ended since.
  public static @Nullable Proc of(Path root) {
    try {
      String[] words = Files.readString(root.resolve("watcher")).split("[ \\n]", -1);
      return words.length < 5 ? null : new Proc(Long.parseLong(words[0]), Long.parseLong(words[4]));
    } catch (IOException | NumberFormatException none) {
      return null;
    }
  }

  /// Starts a watcher of the state directory in a home before any server does, and returns it.
  ///
  /// @param variables what its environment has beside that of the home
  public static Proc startEarly(Processes processes, Path home, Map<String, String> variables)
      throws IOException {
    Path state = home.resolve("state");
    ProcessBuilder builder =
        new ProcessBuilder(
                Launcher.install(home.resolve("early")).toString(),
                "watch",
                "--background",
                "--state-dir",
                state.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("watcher.txt").toFile());
    Server.setEnvironment(builder, home, variables);
    processes.start(builder);
    await().atMost(LIMIT.multipliedBy(3)).until(() -> of(state) != null);
    return Objects.requireNonNull(of(state));
  }

  /// Waits until a watcher of a root holds a process, and returns the watcher.
  public static Proc awaitHolding(Path root, long pid) {
    List<Proc> found = new ArrayList<>();
    await()
        .atMost(LIMIT)
        .until(() -> {
          found.clear();
          Proc watcher = of(root);
          if (watcher != null && watcher.isRunning() && holds(watcher.pid(), pid)) {
            found.add(watcher);
          }
          return !found.isEmpty();
        });
    return found.getFirst();
  }

  /// Returns whether a process has a descriptor of another process.
  private static boolean holds(long watcher, long pid) {
    try (DirectoryStream<Path> descriptors =
        Files.newDirectoryStream(Path.of("/proc/" + watcher + "/fdinfo"))) {
      for (Path descriptor : descriptors) {
        if (isOf(descriptor, pid)) {
          return true;
        }
      }
    } catch (IOException gone) {
      return false;
    }
    return false;
  }

  private static boolean isOf(Path descriptor, long pid) {
    try {
      return Files.readAllLines(descriptor).contains("Pid:\t" + pid);
    } catch (IOException closed) {
      return false;
    }
  }

  /// Kills a watcher after the shell that would restart it.
  public static void killForGood(Proc watcher) {
    Proc shell = parent(watcher);
    if (shell != null) {
      shell.kill();
    }
    watcher.kill();
    await().atMost(LIMIT).until(() -> !watcher.isRunning());
  }

  private static @Nullable Proc parent(Proc watcher) {
    ProcessHandle parent =
        ProcessHandle.of(watcher.pid()).flatMap(ProcessHandle::parent).orElse(null);
    String command = parent == null ? "" : ProcScan.commandLine(parent.pid());
    return parent != null && command.contains("watch\0--background")
        ? new Processes().adopt(parent.pid())
        : null;
  }

  /// Ends everything that watches a root, or is about to, and waits until it has ended. Each such
  /// process has the path of the launcher beside the root on its command line.
  public static void end(Path root) {
    Path home = Objects.requireNonNull(root.getParent());
    await()
        .atMost(LIMIT)
        .until(() -> {
          List<Long> found = ProcScan.watchersBelow(home);
          found.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy));
          return found.isEmpty();
        });
  }
}
