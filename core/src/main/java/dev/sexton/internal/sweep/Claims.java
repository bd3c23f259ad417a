package dev.sexton.internal.sweep;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.internal.lock.InstanceLocks.Held;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The dead instances that this sweep alone works on. Each is claimed with the sweeper's lock, and
 * then read and judged once more under it: what was seen before may be out of date.
 */
final class Claims implements AutoCloseable {
  /**
   * A dead instance in the hands of this sweep.
   *
   * @param instance as it was judged under the lock
   * @param lock the sweeper's lock; null in a dry run, which takes none
   */
  record Claim(ObservedInstance instance, @Nullable Held lock) {}

  /**
   * An instance that this sweep does not work on after all.
   *
   * @param instance which
   * @param reason why
   * @param fate what that means for its record
   */
  record Refused(ObservedInstance instance, String reason, RecordFate fate) {}

  private final Ports ports;
  private final InstanceObserver observer;
  private final UnaryOperator<ObservedInstance> assumption;
  private final List<Part> parts = new ArrayList<>();

  /** What one thread claims. */
  private static final class Part {
    final List<Claim> claimed = new ArrayList<>();
    final List<Refused> refused = new ArrayList<>();
  }

  Claims(Ports ports, InstanceObserver observer, UnaryOperator<ObservedInstance> assumption) {
    this.ports = ports;
    this.observer = observer;
    this.assumption = assumption;
  }

  List<Claim> claimed() {
    return parts.stream().flatMap(part -> part.claimed.stream()).toList();
  }

  List<Refused> refused() {
    return parts.stream().flatMap(part -> part.refused.stream()).toList();
  }

  /** Claims without locks, for a plan that nobody carries out. */
  void pretend(List<ObservedInstance> dead) {
    Part part = newPart();
    dead.forEach(instance -> part.claimed.add(new Claim(observer.withUser(instance), null)));
  }

  void take(List<ObservedInstance> dead) {
    Parallel.over(ports.workers(), dead, this::newPart, this::take);
  }

  /** Known from the beginning, so that its locks are let go whatever happens. */
  private Part newPart() {
    Part part = new Part();
    parts.add(part);
    return part;
  }

  private void take(Part part, ObservedInstance instance) {
    Held lock;
    try {
      lock = ports.locks().lockAsSweeper(instance.directory().lockFile(instance.instanceId()));
    } catch (IOException | RuntimeException cannotLock) {
      String reason =
          "it is dead, but cannot be claimed: " + cannotLock.getMessage() + remedy(cannotLock);
      part.refused.add(new Refused(instance, reason, RecordFate.KEPT));
      return;
    }
    if (lock == null) {
      part.refused.add(new Refused(instance, otherSweeper(instance), RecordFate.BUSY));
      return;
    }
    boolean kept = false;
    try {
      ObservedInstance again = observer.again(instance);
      ObservedInstance judged = again == null ? null : assumption.apply(again);
      if (judged == null) {
        dropFileOfGone(instance, lock);
      } else if (judged.verdict().liveness() == Liveness.DEAD) {
        part.claimed.add(new Claim(judged, lock));
        kept = true;
      } else {
        part.refused.add(new Refused(judged, judged.verdict().reason(), RecordFate.KEPT));
      }
    } finally {
      if (!kept) {
        lock.close();
      }
    }
  }

  /// Who holds the instance, as far as that can be told, and what to do if it does not go on.
  private String otherSweeper(ObservedInstance instance) {
    Path lockFile = instance.directory().lockFile(instance.instanceId());
    ProcessTable processes = ports.processes();
    long pid = ports.locks().sweeperPid(lockFile);
    if (pid == processes.self()) {
      return "another sweep of this very program is at it";
    }
    if (pid > 0 && processes.find(pid) instanceof ProcessLookup.Present present) {
      String who = "another sweeper is at it: process " + pid + " (" + processes.command(pid) + ")";
      return present.process().state() == ProcessInfo.State.STOPPED
          ? who + ", which is stopped: let it go on with kill -CONT " + pid + ", or end it"
          : who;
    }
    return "another sweeper is at it: lslocks or fuser shows who holds " + lockFile;
  }

  /** The system's own errors say what is wrong, not what to do; ours say both. */
  private static String remedy(Exception cannotLock) {
    return cannotLock instanceof FileSystemException
        ? ": is the directory read-only, or the disk full?"
        : "";
  }

  /** Another sweeper finished while we waited; the lock file that we may have made again goes. */
  private static void dropFileOfGone(ObservedInstance instance, Held lock) {
    if (instance.directory().modified(instance.fileName()) == null) {
      try {
        lock.deleteFile();
      } catch (IOException leftForTheNextSweep) {
        return;
      }
    }
  }

  @Override
  public void close() {
    for (Claim claim : claimed()) {
      if (claim.lock() != null) {
        claim.lock().close();
      }
    }
  }
}
