package dev.sexton.internal.watch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.Signal;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.SystemClock;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The seat of the only background watcher for a user and a root: a lock that the kernel releases,
/// and a file that names the holder, for a shell to read.
public final class WatcherSeat implements AutoCloseable {
  /// Names the watcher. The first line is for the launcher, which reads it byte by byte: the PID,
  /// the descriptor that holds the lock, the PID namespace, and the start of this boot in seconds
  /// since 1970. The second line has the start time, the build, and the time of the build.
  static final String FILE = "watcher";

  private static final String LOCK = "watcher.lock";

  /// The log of the watcher.
  public static final String LOG = "watcher.log";

  /// How long an older watcher may take to end.
  private static final Duration HANDOVER = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(20);

  private static final int WORDS = 7;

  /// A running watcher.
  ///
  /// @param process its process
  /// @param builtAt when its build was built, in milliseconds since 1970
  public record Holder(ProcessInfo process, long builtAt) {
    /// Returns whether it is stopped by a signal and therefore does nothing.
    public boolean isStopped() {
      return process.state() == ProcessInfo.State.STOPPED;
    }
  }

  private final Path file;
  private final String build;
  private final ProcessTable processes;
  private final int descriptor;
  private final SeatLock lock;

  /// The current content of the file; null if it is not ours.
  private @Nullable String text;

  /// Whether this watcher is about to end.
  private boolean isRetiring;

  /// @param lock the lock, which is held
  private WatcherSeat(Path file, String build, ProcessTable processes, SeatLock lock) {
    this.file = file;
    this.build = build;
    this.processes = processes;
    this.descriptor = lock.descriptor();
    this.lock = lock;
  }

  /// Returns the directory that a watcher covers, with everything below it.
  ///
  /// @param named the state directory that was named explicitly; null if none was
  public static Path root(Map<String, String> environment, @Nullable Path named) {
    if (named != null) {
      return named.toAbsolutePath().normalize();
    }
    String stateDirectory = environment.getOrDefault("SEXTON_STATE_DIR", "");
    return stateDirectory.isEmpty()
        ? new StateDirectories(environment).sextonHome()
        : StateDirectories.absolute(stateDirectory);
  }

  /// Returns the watcher that runs for a root; null if there is none or it cannot be determined.
  public static @Nullable Holder find(Path root, ProcessTable processes) {
    String[] words;
    try {
      words = Files.readString(root.resolve(FILE)).strip().split("[ \n]", -1);
    } catch (IOException none) {
      return null;
    }
    try {
      Machine machine = processes.machine();
      if (words.length != WORDS || !words[2].equals(machine.pidNamespace())) {
        return null;
      }
      ProcessInfo process =
          ProcessInfo.identified(
              Long.parseLong(words[0]), new StartTime(Long.parseLong(words[4]), machine.unit()));
      return processes.find(process.pid()) instanceof ProcessLookup.Present present
              && present.process().sameAs(process)
              && present.process().isAlive()
          ? new Holder(present.process(), Long.parseLong(words[6]))
          : null;
    } catch (NumberFormatException spoilt) {
      return null;
    }
  }

  /// Returns whether a watcher runs for a root and is not stopped.
  public static boolean isWatched(Path root, ProcessTable processes) {
    Holder holder = find(root, processes);
    return holder != null && !holder.isStopped();
  }

  /// Takes the seat. An older watcher is ended first.
  ///
  /// @param build the build of this process
  /// @param builtAt when that was built, in milliseconds since 1970
  /// @return the seat; null if a watcher that is as new or newer has it, or an older one has not
  ///   ended in time
  /// @throws IOException if it cannot be taken, or others could write its files
  public static @Nullable WatcherSeat take(
      Path root, ProcessTable processes, String build, long builtAt) throws IOException {
    Files.createDirectories(root, mode("rwx------"));
    String defect = FileStateDirectory.defectOf(root);
    if (defect != null) {
      throw new IOException(defect);
    }
    SeatLock lock = SeatLock.open(root.resolve(LOCK), mode("rw-------"));
    try {
      if (!acquire(lock, root, processes, builtAt)) {
        lock.close();
        return null;
      }
      WatcherSeat seat =
          new WatcherSeat(root.resolve(FILE), build + " " + builtAt, processes, lock);
      seat.show();
      return seat;
    } catch (IOException | RuntimeException failed) {
      lock.close();
      throw failed;
    }
  }

  /// Locks the seat, if necessary after an older watcher has ended. Returns false if it is not
  /// free.
  private static boolean acquire(SeatLock lock, Path root, ProcessTable processes, long builtAt)
      throws IOException {
    boolean locked = lock.tryLock();
    SystemClock clock = new SystemClock();
    long deadline = clock.nanoTime() + HANDOVER.toNanos();
    while (!locked && isOlder(find(root, processes), builtAt, processes)) {
      if (clock.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        break;
      }
      clock.sleep(PAUSE);
      locked = lock.tryLock();
    }
    return locked;
  }

  /// Returns whether a watcher is of an older build. If so, asks it to end.
  private static boolean isOlder(@Nullable Holder holder, long builtAt, ProcessTable processes) {
    if (holder == null) {
      return true; // It is ending, or has not named itself yet.
    }
    if (holder.builtAt() >= builtAt) {
      return false;
    }
    processes.signal(holder.process(), Signal.TERM);
    return true;
  }

  private String text() throws IOException {
    if (!(processes.find(processes.self()) instanceof ProcessLookup.Present present)) {
      throw new IOException("this process cannot be seen in the process table");
    }
    return String.join(
        " ",
        Long.toString(present.process().pid()),
        Integer.toString(descriptor),
        processes.machine().pidNamespace(),
        processes.origin().getEpochSecond() + "\n" + present.process().start().value(),
        build + "\n");
  }

  /// Writes the holder to the file, unless it is already there or this watcher is about to end.
  ///
  /// @throws IOException if the file cannot be written
  public synchronized void show() throws IOException {
    String now = text();
    if (isRetiring) {
      return;
    }
    if (now.equals(text) && Files.exists(file)) {
      return;
    }
    Path temporary = file.resolveSibling(FILE + "." + processes.self() + ".tmp");
    Files.deleteIfExists(temporary);
    Files.createFile(temporary, mode("rw-------"));
    Files.writeString(temporary, now);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    text = now;
  }

  private static FileAttribute<?>[] mode(String rights) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }

  /// Removes the holder's name but keeps the seat. Never fails.
  public synchronized void hide() {
    try {
      if (text != null && Files.readString(file, UTF_8).equals(text)) {
        Files.delete(file);
      }
    } catch (IOException gone) {
      // The file was already removed, so it misleads no reader.
    }
    text = null;
  }

  /// Prepares for the end: removes the holder's name for good, but keeps the seat.
  public synchronized void retire() {
    isRetiring = true;
    hide();
  }

  /// Cancels the end.
  ///
  /// @throws IOException if the file cannot be written
  public synchronized void resume() throws IOException {
    isRetiring = false;
    show();
  }

  /// Leaves the seat. Never fails.
  @Override
  public void close() {
    retire();
    try {
      lock.close();
    } catch (IOException closed) {
      // The kernel releases the lock when this process ends.
    }
  }
}
