package dev.sexton.internal.launch;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Starts a watcher in the background, with a launcher. Safe for use by multiple threads.
public final class WatcherStart {
  /// A watcher is up within half a second. It takes this long only on a very busy machine.
  private static final long RECENT_NANOS = Duration.ofSeconds(5).toNanos();

  /// When this process last started a watcher, by root.
  private static final Map<Path, Long> STARTED = new ConcurrentHashMap<>();

  private WatcherStart() {}

  /// Starts a watcher for a process that uses the library, unless this process has started one
  /// recently.
  ///
  /// @param environment this process's environment variables
  /// @param root the watcher's root
  /// @param named the state directory if the watcher is for that one only; null for those of the
  ///   user
  /// @return false if there is no launcher or it cannot be started
  public static boolean attempt(Map<String, String> environment, Path root, @Nullable Path named) {
    String launcher = ReapCommandLine.namedLauncher(environment);
    if (launcher == null) {
      return false;
    }
    long now = System.nanoTime();
    Long last = STARTED.get(root);
    if (last != null && now - last < RECENT_NANOS) {
      return true; // If it did not come up, another attempt follows soon.
    }
    STARTED.put(root, now);
    try {
      var _ = start(launcher, named, SentinelEnvironment.of(environment));
      return true;
    } catch (IOException failed) {
      STARTED.remove(root);
      return false;
    }
  }

  /// Starts a watcher. It prints nothing if one is already running, and inherits no descriptor.
  ///
  /// @param launcher the `sexton` command
  /// @param named the state directory if the watcher is for that one only; null for those of the
  ///   user
  /// @param environment the watcher's environment
  /// @return the launcher, which ends at once
  /// @throws IOException if it cannot be started
  public static Process start(
      String launcher, @Nullable Path named, Map<String, String> environment) throws IOException {
    List<String> words = new ArrayList<>(List.of("/bin/sh", launcher, "watch", "--background"));
    if (named != null) {
      words.addAll(List.of("--state-dir", named.toAbsolutePath().normalize().toString()));
    }
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectInput(Redirect.from(Redirect.DISCARD.file()))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return SerializedStart.start(builder);
  }
}
