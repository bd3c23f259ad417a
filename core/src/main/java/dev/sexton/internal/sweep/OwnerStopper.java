package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.Signal;
import dev.sexton.internal.process.SignalResult;
import dev.sexton.internal.sweep.Ports.SweepClock;
import java.time.Duration;
import java.util.List;

/// Stops the owner of a live instance: sends SIGTERM, waits, and then sends SIGKILL. The resources
/// of the owner are not touched. They are swept once it is gone. The journal names the owner before
/// the first signal and records the outcome afterwards.
public final class OwnerStopper {
  /// How long a process may take to disappear after SIGKILL before it counts as stuck.
  private static final Duration STUCK = Duration.ofSeconds(5);

  /// The first and the longest pause between two checks of the owner.
  private static final long FIRST_PAUSE_NANOS = 1_000_000;

  private static final long LONGEST_PAUSE_NANOS = 20_000_000;

  private final ProcessTable processes;
  private final SweepClock clock;
  private final Journal journal;
  private final JournalSubject instance;
  private final String reason;

  /// Creates a stopper for the owner of one instance.
  ///
  /// @param instance the instance whose owner is stopped
  /// @param reason who or what requested it, for the journal
  public OwnerStopper(
      ProcessTable processes, SweepClock clock, JournalSubject instance, String reason) {
    this.processes = processes;
    this.clock = clock;
    this.journal = new Journal(processes);
    this.instance = instance;
    this.reason = reason;
  }

  /// Stops a process, and returns when it is gone or cannot be stopped.
  ///
  /// @param owner the process; a later process with the same PID is never signalled
  /// @param grace the grace period
  /// @return STOPPED if it ended when asked, KILLED if it was forced, GONE if it had ended before,
  ///   RECYCLED if its PID belongs to another process now, DENIED if it must not be signalled,
  ///   FAILED if it is still there after SIGKILL
  public Outcome stop(ProcessInfo owner, Duration grace) {
    if (owner.pid() <= 1
        || owner.image().kernel()
        || processes.protectedPids().contains(owner.pid())) {
      return Outcome.DENIED;
    }
    long begun = clock.nanoTime();
    NamedProcess named = NamedProcess.of(processes, owner);
    journal.signalling(
        List.of(
            new Journal.Signalling(instance, Journal.OWNER, owner.pid(), reason, List.of(named))));
    Outcome outcome = end(owner, grace);
    String said = outcome == Outcome.KILLED ? reason + "; it ignored SIGTERM" : reason;
    long millis = Duration.ofNanos(clock.nanoTime() - begun).toMillis();
    journal.ended(instance, named, outcome, said, millis);
    return outcome;
  }

  private Outcome end(ProcessInfo owner, Duration grace) {
    SignalResult asked = processes.signal(owner, Signal.TERM);
    switch (asked) {
      case GONE -> {
        return Outcome.GONE;
      }
      case RECYCLED -> {
        return Outcome.RECYCLED;
      }
      case DENIED -> {
        return Outcome.DENIED;
      }
      case UNSUPPORTED, SENT -> {
        if (owner.state() == ProcessInfo.State.STOPPED) {
          processes.signal(owner, Signal.CONT); // It acts on nothing until it continues.
        }
      }
    }
    if (isGoneWithin(owner, grace)) {
      return Outcome.STOPPED;
    }
    processes.signal(owner, Signal.KILL);
    return isGoneWithin(owner, STUCK) ? Outcome.KILLED : Outcome.FAILED;
  }

  private boolean isGoneWithin(ProcessInfo owner, Duration limit) {
    long deadline = clock.nanoTime() + limit.toNanos();
    long pause = FIRST_PAUSE_NANOS;
    while (processes.isRunning(owner)) {
      long left = deadline - clock.nanoTime();
      if (left <= 0) {
        return false;
      }
      clock.sleep(Duration.ofNanos(Math.min(pause, left)));
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
    return true;
  }
}
