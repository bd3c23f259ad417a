package dev.sexton.internal.sweep;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.internal.lock.InstanceLocks.Held;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The dead instances that only this sweep works on. Each is claimed with the sweeper's lock. It is
/// then read and judged again under the lock, because earlier observations may be out of date.
final class Claims implements AutoCloseable {
  /// A dead instance that this sweep has claimed.
  ///
  /// @param instance the instance, as judged under the lock
  /// @param lock the sweeper's lock; null in a dry run, which takes none
  record Claim(ObservedInstance instance, @Nullable Held lock) {}

  /// An instance that this sweep does not work on after all.
  ///
  /// @param instance the instance
  /// @param reason the reason
  /// @param fate the consequence for its record
  record Refused(ObservedInstance instance, String reason, RecordFate fate) {}

  private final Ports ports;
  private final InstanceObserver observer;
  private final UnaryOperator<ObservedInstance> assumption;
  private final List<Part> parts = new ArrayList<>();

  /// The claims of one thread.
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

  /// Claims instances.
  ///
  /// @param dryRun whether to claim them without locks, for a plan that is not carried out
  void take(List<ObservedInstance> dead, boolean dryRun) {
    if (dryRun) {
      Part part = newPart();
      dead.forEach(instance -> part.claimed.add(new Claim(observer.withUser(instance), null)));
    } else {
      Parallel.over(ports.workers(), dead, this::newPart, this::take);
    }
  }

  /// Registers a part before any work, so that its locks are always released.
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

  /// Returns which sweeper holds the instance, if known, and what to do if it does not proceed.
  private String otherSweeper(ObservedInstance instance) {
    Path lockFile = instance.directory().lockFile(instance.instanceId());
    ProcessReader processes = ports.processes();
    long pid = ports.locks().sweeperPid(lockFile);
    if (pid == processes.self()) {
      return "another sweep of this program is working on it";
    }
    if (pid > 0 && processes.find(pid) instanceof ProcessLookup.Present present) {
      String who =
          "another sweeper is working on it: process " + pid + " (" + processes.command(pid) + ")";
      return present.process().state() == ProcessInfo.State.STOPPED
          ? who + ", which is stopped: resume it with kill -CONT " + pid + ", or end it"
          : who;
    }
    return "another sweeper is working on it: lslocks or fuser shows which process holds "
        + lockFile;
  }

  /// Returns a remedy for a system error, which names only the problem. Our own errors name both.
  private static String remedy(Exception cannotLock) {
    return cannotLock instanceof FileSystemException
        ? ": is the directory read-only, or is the disk full?"
        : "";
  }

  /// Deletes a lock file that this sweep may have re-created, once another sweeper has finished.
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
