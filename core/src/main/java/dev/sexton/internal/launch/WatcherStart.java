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

/** Starts a watcher in the background, by a launcher. Safe for use by several threads. */
public final class WatcherStart {
  /** A watcher is up within half a second; so long only on a machine that is very busy. */
  private static final long RECENT_NANOS = Duration.ofSeconds(5).toNanos();

  /** When this process last started one, by the root that it is for. */
  private static final Map<Path, Long> STARTED = new ConcurrentHashMap<>();

  private WatcherStart() {}

  /**
   * Starts one for a library's process, unless this process has done so just now.
   *
   * @param environment this process's environment variables
   * @param root what it is to see to
   * @param named the state directory, if it is for that alone; null for those of the user
   * @return false if there is no launcher, or it cannot be started
   */
  public static boolean attempt(Map<String, String> environment, Path root, @Nullable Path named) {
    String launcher = ReapCommandLine.namedLauncher(environment);
    if (launcher == null) {
      return false;
    }
    long now = System.nanoTime();
    Long last = STARTED.get(root);
    if (last != null && now - last < RECENT_NANOS) {
      return true; // If it did not come up, there is another attempt soon.
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

  /**
   * Starts one. It says nothing if one runs already, and gets no descriptor of ours.
   *
   * @param launcher the {@code sexton} command
   * @param named the state directory, if it is for that alone; null for those of the user
   * @param environment what it gets
   * @return the launcher, which ends at once
   * @throws IOException if it cannot be started
   */
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
