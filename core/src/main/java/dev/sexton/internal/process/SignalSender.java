package dev.sexton.internal.process;

import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sends a signal to one process and to no other. A resident JVM holds a descriptor of the process
 * over check and signal (pidfd_open(2)), so the ID cannot change hands in between. A short-lived
 * one takes a {@link ProcessHandle} first, checks then, and signals through the handle, which
 * compares the start time once more itself; it cannot send anything but SIGTERM and SIGKILL, and
 * for those two others it takes a descriptor after all.
 */
final class SignalSender {
  private final LongFunction<ProcessLookup> table;
  private final boolean resident;

  SignalSender(LongFunction<ProcessLookup> table, boolean resident) {
    this.table = table;
    this.resident = resident;
  }

  SignalResult send(ProcessInfo target, Signal signal) {
    if (target.pid() <= 1) {
      return SignalResult.DENIED; // 0 and below name groups, 1 is init.
    }
    boolean byHandle = signal == Signal.TERM || signal == Signal.KILL;
    if (resident || !byHandle) {
      Kernel kernel = Kernel.instance();
      if (kernel != null) {
        return Pidfds.send(kernel, target.pid(), signal.number(), () -> check(target));
      }
    }
    return byHandle ? sendByHandle(target, signal) : SignalResult.UNSUPPORTED;
  }

  private SignalResult sendByHandle(ProcessInfo target, Signal signal) {
    Optional<ProcessHandle> handle = ProcessHandle.of(target.pid());
    SignalResult refused = check(target);
    if (refused != null) {
      return refused;
    }
    if (handle.isEmpty()) {
      return SignalResult.GONE;
    }
    boolean sent;
    try {
      sent = signal == Signal.KILL ? handle.get().destroyForcibly() : handle.get().destroy();
    } catch (IllegalStateException ourselves) {
      return SignalResult.DENIED;
    }
    if (sent) {
      return SignalResult.SENT;
    }
    SignalResult gone = check(target);
    return gone != null ? gone : SignalResult.DENIED;
  }

  /** Why the process must not be signalled; null if it is still the one that is meant. */
  private @Nullable SignalResult check(ProcessInfo target) {
    // A switch over types would be put together at run time, which costs a fresh JVM more than the
    // signal that a sentinel's sweep is started for.
    ProcessLookup seen = table.apply(target.pid());
    if (seen instanceof ProcessLookup.Present present) {
      if (!present.process().sameAs(target)) {
        return SignalResult.RECYCLED;
      }
      return present.process().isAlive() ? null : SignalResult.GONE;
    }
    return seen instanceof ProcessLookup.Hidden ? SignalResult.DENIED : SignalResult.GONE;
  }
}
