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

/// Notices the end of this process and reaps its instance at once. It is a shell in a session of
/// its own, outside this process's tree. It waits for the end of a pipe whose other end only this
/// process holds. Safe for use by multiple threads.
public final class Sentinel {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /// A shell starts in milliseconds. It takes this long only on a machine that is almost stalled.
  private static final long START_SECONDS = 10;

  /// Waits until the owner holds the pipe's end itself, because the JDK closes its own when this
  /// shell ends. It then starts the sentinel and waits for its one line, which reports that it is
  /// ready. When the starter ends, the sentinel is left to the system. The starter passes the line
  /// on itself, because the JDK may not read what is written after the starter has ended. Without
  /// setsid(1), perl does the same. Without both, the shell is asked for a separate process group,
  /// which does not work in every shell in a substitution or without a terminal. `$1` is the
  /// sentinel's script, and the rest are its arguments.
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

  /// A line dismisses the sentinel. The end of the pipe means that the owner is gone. `$1` is the
  /// record, without which there is nothing to do, and the rest is the command.
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

  /// The sentinels that were not dismissed. Their end of the pipe must not be garbage collected.
  private static final Set<Sentinel> ON_DUTY = ConcurrentHashMap.newKeySet();

  private final CompletableFuture<Long> ready = new CompletableFuture<>();
  private @Nullable WritableByteChannel pipe;
  private boolean dismissed;

  private Sentinel() {}

  /// Starts a sentinel in the background. If that fails, a warning is logged.
  ///
  /// @param environment this process's environment variables
  /// @param directory the instance's state directory
  /// @param record the instance's record
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
                "instance {0} has no sentinel, so its leftovers are stopped at the next sweep and"
                    + " not at once: {1}",
                instanceId,
                failed.getMessage());
          }
        });
    return sentinel;
  }

  /// Returns the sentinel's PID.
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
      LinuxControlGroups.leave(pid); // It outlives any instance that this server belongs to.
      return pid;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while it was started", interrupted);
    } finally {
      starter.destroyForcibly();
    }
  }

  /// Opens the pipe to the shell's input once more, as an end that only this process holds, and
  /// lets the shell go on. The JDK's other children inherit no descriptor.
  private void hold(Process starter) throws IOException {
    Path input = Path.of("/proc/" + starter.pid() + "/fd/0");
    String defect = Platform.residentProcesses().defect();
    if (defect != null) {
      throw new IOException(defect); // The pipe there is another process's.
    }
    if (!Files.exists(input)) {
      throw new IOException("there is no /proc here, which is needed to hold a pipe");
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
      throw new IOException("the shell printed no PID: is /bin/sh a POSIX shell?");
    }
    return Long.parseLong(line);
  }

  private static void writeLine(WritableByteChannel end) throws IOException {
    ByteBuffer line = ByteBuffer.wrap("\n".getBytes(US_ASCII));
    while (line.hasRemaining()) {
      end.write(line);
    }
  }

  /// Waits until the sentinel is ready.
  ///
  /// @return its PID; 0 if it could not be started, or not within this time
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

  /// Lets the sentinel end without doing anything. Never fails, and has no effect the second time.
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
