package dev.sexton.internal.process;

import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Sends a signal to exactly one process. A resident JVM holds a process descriptor (pidfd_open(2))
/// across check and signal, so the PID cannot be recycled in between. A short-lived JVM first takes
/// a [ProcessHandle], then checks, then signals through the handle, which compares the start time
/// once more. A handle can only send SIGTERM and SIGKILL, so the other two signals use a descriptor
/// in either case.
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

  /// Returns why the process must not be signalled, or null if it is still the intended one.
  private @Nullable SignalResult check(ProcessInfo target) {
    // A switch over types would be generated at run time. That costs a fresh JVM more than the
    // signal for which a sentinel's sweep is started.
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
