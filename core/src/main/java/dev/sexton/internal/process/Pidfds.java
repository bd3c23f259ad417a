package dev.sexton.internal.process;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Signals through process descriptors: pidfd_open(2), pidfd_send_signal(2). */
final class Pidfds {
  // The same numbers on every architecture since Linux 5.1; see the kernel's asm-generic/unistd.h.
  private static final long PIDFD_SEND_SIGNAL = 424;
  private static final long PIDFD_OPEN = 434;

  // errno(3) on Linux.
  private static final int EPERM = 1;
  private static final int ESRCH = 3;

  private static final class Holder {
    static final @Nullable Pidfds INSTANCE = create();
  }

  private final MethodHandle syscall;
  private final MethodHandle close;
  private final StructLayout state = Linker.Option.captureStateLayout();
  private final VarHandle errno = state.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  @SuppressWarnings(
      "restricted") // The kernel has no other way; create() asks for permission first.
  private Pidfds() {
    Linker linker = Linker.nativeLinker();
    this.syscall =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1),
            Linker.Option.captureCallState("errno"));
    this.close =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("close"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }

  /** The one instance; null where the JVM does not permit native calls or the kernel is too old. */
  static @Nullable Pidfds instance() {
    return Holder.INSTANCE;
  }

  private static @Nullable Pidfds create() {
    if (!Pidfds.class.getModule().isNativeAccessEnabled()) {
      return null; // Calling all the same would print a warning into a server's stderr.
    }
    try {
      Pidfds descriptors = new Pidfds();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment captured = arena.allocate(descriptors.state);
        long own = descriptors.call(captured, PIDFD_OPEN, ProcessHandle.current().pid(), 0);
        if (own < 0) {
          return null;
        }
        descriptors.close(own);
        return descriptors;
      }
    } catch (RuntimeException | LinkageError unsupported) {
      return null;
    }
  }

  /**
   * Opens the process, lets the caller check that it is the right one, and signals it.
   *
   * @param check null if it is, otherwise the result to return without a signal
   */
  SignalResult send(long pid, int signal, Supplier<@Nullable SignalResult> check) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(state);
      long descriptor = call(captured, PIDFD_OPEN, pid, 0);
      if (descriptor < 0) {
        return failure(captured);
      }
      try {
        SignalResult refused = check.get();
        if (refused != null) {
          return refused;
        }
        return call(captured, PIDFD_SEND_SIGNAL, descriptor, signal) < 0
            ? failure(captured)
            : SignalResult.SENT;
      } finally {
        close(descriptor);
      }
    }
  }

  private SignalResult failure(MemorySegment captured) {
    return switch ((int) errno.get(captured, 0L)) {
      case ESRCH -> SignalResult.GONE;
      case EPERM -> SignalResult.DENIED;
      default -> SignalResult.UNSUPPORTED;
    };
  }

  private long call(MemorySegment captured, long number, long first, long second) {
    try {
      return (long) syscall.invokeExact(captured, number, first, second, 0L, 0L);
    } catch (Throwable impossible) { // invokeExact declares it; the call itself throws nothing.
      throw new IllegalStateException(impossible);
    }
  }

  private void close(long descriptor) {
    try {
      int ignored = (int) close.invokeExact((int) descriptor);
    } catch (Throwable impossible) { // As above.
      throw new IllegalStateException(impossible);
    }
  }
}
