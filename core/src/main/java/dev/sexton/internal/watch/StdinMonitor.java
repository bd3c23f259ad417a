package dev.sexton.internal.watch;

import dev.sexton.internal.process.ClientStdin;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.record.RunTerms;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Stops servers of `sexton run` whose clients have closed their stdin. The kernel does not report
/// this, so the servers are checked at an interval. For use by one thread.
final class StdinMonitor {
  /// How often the stdin of servers is checked. A server has seconds to end by itself.
  private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final WatchedOwners held;
  private final ProcessReader processes;
  private final SweepRunner runner;

  /// Since when a server's client has closed its stdin, by instance.
  private final Map<String, Long> closedSince = new HashMap<>();

  private long due;

  StdinMonitor(WatchedOwners held, ProcessReader processes, SweepRunner runner) {
    this.held = held;
    this.processes = processes;
    this.runner = runner;
  }

  /// Returns whether there is a server whose stdin must be checked.
  boolean isNeeded() {
    return held.all().stream().anyMatch(instance -> limit(instance) != null);
  }

  /// Checks all servers if that is due, and returns when the next check is due.
  ///
  /// @param now the current time, by the clock that the caller always uses
  long checkIfDue(long now) {
    if (now - due >= 0) {
      check(now);
      due = now + INTERVAL_NANOS;
    }
    return due;
  }

  /// Makes the next check due now.
  void expedite(long now) {
    due = now;
  }

  /// Makes the next check due after an interval at the latest, because there is a new server.
  void schedule(long now) {
    due = Math.min(due, now + INTERVAL_NANOS);
  }

  private void check(long now) {
    for (WatchedInstance instance : held.all()) {
      Duration limit = limit(instance);
      if (limit != null && ClientStdin.isClosed(instance.owner().pid())) {
        long since = closedSince.computeIfAbsent(instance.instanceId(), id -> now);
        ProcessInfo client = instance.runnersClient();
        if (client != null && !processes.isRunning(client)) {
          runner.stop(
              instance, "its client ended: process " + client.pid() + ", by a package runner");
        } else if (now - since >= limit.toNanos()) {
          runner.stop(instance, "its stdin was closed");
        }
      } else {
        closedSince.remove(instance.instanceId());
      }
    }
    closedSince.keySet().removeIf(id -> !held.contains(id));
  }

  /// Returns how long a server may run after its stdin was closed; null if there is no limit.
  private static @Nullable Duration limit(WatchedInstance instance) {
    RunTerms terms = instance.terms();
    return terms == null ? null : terms.afterStdinClose();
  }
}
