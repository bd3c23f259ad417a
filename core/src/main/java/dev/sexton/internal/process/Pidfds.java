package dev.sexton.internal.process;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Sends signals through process descriptors: pidfd_open(2), pidfd_send_signal(2).
final class Pidfds {
  private Pidfds() {}

  /// Opens the process, lets the caller check that it is the right one, and signals it.
  ///
  /// @param check returns null if it is, otherwise the result to return without a signal
  static SignalResult send(
      Kernel kernel, long pid, int signal, Supplier<@Nullable SignalResult> check) {
    long descriptor = kernel.openProcess(pid);
    if (descriptor < 0) {
      return failure(descriptor);
    }
    try {
      SignalResult refused = check.get();
      if (refused != null) {
        return refused;
      }
      long sent = kernel.call(SystemCall.PIDFD_SEND_SIGNAL, descriptor, signal, 0, 0);
      return sent < 0 ? failure(sent) : SignalResult.SENT;
    } finally {
      kernel.close(descriptor);
    }
  }

  private static SignalResult failure(long result) {
    return switch ((int) -result) {
      case Kernel.ESRCH -> SignalResult.GONE;
      case Kernel.EPERM -> SignalResult.DENIED;
      default -> SignalResult.UNSUPPORTED;
    };
  }
}
