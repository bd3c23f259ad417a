package dev.sexton.internal.launch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.sexton.internal.Platform;
import dev.sexton.internal.process.LinuxControlGroups;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Notices that this process is gone, and reaps its instance at once: a shell in a session of its
 * own and of no parent of ours, that waits for the end of a pipe of which only this process holds
 * the other end. Safe for use by several threads.
 */
public final class Sentinel {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /** A shell starts in milliseconds; so long only on a machine that has come to a stand. */
  private static final long START_SECONDS = 10;

  /**
   * Waits until the owner holds the pipe's end itself, for the JDK closes its own when this shell
   * ends; then starts the sentinel, waits for its one line, which says that it is ready, and ends,
   * which leaves it to the system. It passes the line on itself: what is written once it has ended,
   * the JDK may not read any more. Without setsid(1) perl does the same; without both, the shell is
   * asked for a group of its own, which not in every shell works in a substitution, nor in every
   * one without a terminal. {@code $1} is the sentinel's script, the rest its arguments.
   */
  private static final String STARTER =
      """
      sentinel=$1
      shift
      exec 3<&0 </dev/null
      IFS= read -r go <&3
      find() {
        for program in "$(command -v "$1")" "/usr/bin/$1" "/bin/$1"; do
          [ -f "$program" ] && [ -x "$program" ] && echo "$program" && return
        done
        return 1
      }
      if leader=$(find setsid); then
        ready=$("$leader" /bin/sh -c "$sentinel" sexton-sentinel "$@" <&3 3<&- &)
      elif leader=$(find perl); then
        ready=$("$leader" -e 'use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV' \
          /bin/sh -c "$sentinel" sexton-sentinel "$@" <&3 3<&- &)
      else
        set -m
        /bin/sh -c "$sentinel" sexton-sentinel "$@" <&3 3<&- &
      fi
      echo "$ready"
      """;

  /**
   * A line dismisses it; the end of the pipe means that the owner is gone. {@code $1} is the
   * record, without which there is nothing to do, the rest the command.
   */
  private static final String SENTINEL =
      """
      trap '' PIPE
      echo "$$"
      exec >/dev/null
      trap - PIPE
      IFS= read -r bye && exit 0
      [ -e "$1" ] || exit 0
      shift
      exec "$@"
      """;

  /** Those that were not dismissed: the end of the pipe must not be collected as garbage. */
  private static final Set<Sentinel> ON_DUTY = ConcurrentHashMap.newKeySet();

  private final CompletableFuture<Long> ready = new CompletableFuture<>();
  private @Nullable WritableByteChannel pipe;
  private boolean dismissed;

  private Sentinel() {}

  /**
   * Starts one in the background. If that does not work, a warning is logged.
   *
   * @param environment this process's environment variables
   * @param directory the instance's state directory
   * @param record the instance's record
   */
  public static Sentinel start(
      Map<String, String> environment, String instanceId, Path directory, Path record) {
    Sentinel sentinel = new Sentinel();
    ON_DUTY.add(sentinel);
    Thread.ofPlatform()
        .daemon()
        .name("sexton-sentinel")
        .start(() -> {
          try {
            List<String> reap = ReapCommandLine.of(environment, instanceId, directory);
            sentinel.ready.complete(sentinel.start(environment, record, reap));
          } catch (IOException
              | RuntimeException
              | LinkageError
              | ServiceConfigurationError failed) {
            ON_DUTY.remove(sentinel);
            sentinel.ready.completeExceptionally(failed);
            LOG.log(
                Level.WARNING,
                "instance {0} has no sentinel, so what it leaves is stopped at the next sweep and"
                    + " not at once: {1}",
                instanceId,
                failed.getMessage());
          }
        });
    return sentinel;
  }

  /** Returns the sentinel's process ID. */
  private long start(Map<String, String> environment, Path record, List<String> reap)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("/bin/sh", "-c", STARTER, "sexton-sentinel", SENTINEL, record.toString()));
    command.addAll(reap);
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(new File("/")).redirectError(Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(SentinelEnvironment.of(environment));
    synchronized (this) {
      if (dismissed) {
        return 0;
      }
    }
    Process starter = SerializedStart.start(builder);
    try {
      hold(starter);
      if (!starter.waitFor(START_SECONDS, SECONDS)) {
        throw new IOException("a shell did not start it within " + START_SECONDS + " s");
      }
      long pid = pid(starter.getInputStream());
      LinuxControlGroups.leave(pid); // It outlives whatever instance this server belongs to.
      return pid;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it was started", interrupted);
    } finally {
      starter.destroyForcibly();
    }
  }

  /**
   * Opens the pipe to the shell's input once more, as ours alone, and lets it go on. The JDK's
   * other children inherit no descriptor.
   */
  private void hold(Process starter) throws IOException {
    Path input = Path.of("/proc/" + starter.pid() + "/fd/0");
    String defect = Platform.residentProcesses().defect();
    if (defect != null) {
      throw new IOException(defect); // The pipe there is another process's.
    }
    if (!Files.exists(input)) {
      throw new IOException("there is no /proc here to hold a pipe by");
    }
    WritableByteChannel end = Files.newByteChannel(input, StandardOpenOption.WRITE);
    synchronized (this) {
      pipe = end;
      writeLine(end);
      if (dismissed) {
        dismiss(end);
      }
    }
  }

  private static long pid(InputStream output) throws IOException {
    String line = new String(output.readAllBytes(), UTF_8).strip();
    if (line.isEmpty()) {
      throw new IOException("the shell says no process ID: is /bin/sh no POSIX shell?");
    }
    return Long.parseLong(line);
  }

  private static void writeLine(WritableByteChannel end) throws IOException {
    ByteBuffer line = ByteBuffer.wrap("\n".getBytes(US_ASCII));
    while (line.hasRemaining()) {
      end.write(line);
    }
  }

  /**
   * Waits until it is on duty.
   *
   * @return its process ID; 0 if it could not be started, or not within this time
   */
  public long await(Duration limit) {
    try {
      return ready.get(limit.toMillis(), MILLISECONDS);
    } catch (ExecutionException | TimeoutException none) {
      return 0;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /** Lets it end without doing anything. Never fails, does nothing the second time. */
  public void dismiss() {
    synchronized (this) {
      if (dismissed) {
        return;
      }
      dismissed = true;
      if (pipe != null) {
        dismiss(pipe);
      }
    }
    ON_DUTY.remove(this);
  }

  private static void dismiss(WritableByteChannel end) {
    try (end) {
      writeLine(end);
    } catch (IOException itIsGone) {
      return;
    }
  }
}
