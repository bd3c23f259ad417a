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
import org.jspecify.annotations.Nullable;

/// Linux system calls for which the JDK has no method. All of them use syscall(2), because each
/// further native call signature costs a JVM 20 ms and memory, once.
final class Kernel {
  // errno(3) on Linux.
  static final int EPERM = 1;
  static final int ESRCH = 3;
  private static final int EINVAL = 22;

  private static final class Holder {
    static final @Nullable Kernel INSTANCE = create();
  }

  private final SystemCall.Architecture architecture;
  private final MethodHandle syscall;
  private final StructLayout state = Linker.Option.captureStateLayout();
  private final VarHandle errno = state.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  @SuppressWarnings(
      "restricted") // The kernel has no other way; create() asks for permission first.
  private Kernel(SystemCall.Architecture architecture) {
    Linker linker = Linker.nativeLinker();
    this.architecture = architecture;
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
  }

  /// Returns the one instance, or null where the JVM does not permit native calls or the system is
  /// not a Linux with process descriptors.
  static @Nullable Kernel instance() {
    return Holder.INSTANCE;
  }

  private static @Nullable Kernel create() {
    SystemCall.Architecture architecture =
        SystemCall.Architecture.of(System.getProperty("os.arch", ""));
    if (architecture == null
        || !System.getProperty("os.name", "").equals("Linux")
        || !Kernel.class.getModule().isNativeAccessEnabled()) {
      return null; // A call without permission would print a warning to a server's stderr.
    }
    try {
      Kernel kernel = new Kernel(architecture);
      // No process has PID 0. A kernel with this call returns EINVAL, any other ENOSYS.
      return kernel.openProcess(0) == -EINVAL ? kernel : null;
    } catch (RuntimeException | LinkageError unsupported) {
      return null;
    }
  }

  /// Opens a process descriptor with pidfd_open(2). Returns the negated errno on failure.
  long openProcess(long pid) {
    return call(SystemCall.PIDFD_OPEN, pid, 0, 0, 0);
  }

  /// Closes a descriptor.
  void close(long descriptor) {
    call(SystemCall.CLOSE, descriptor, 0, 0, 0);
  }

  /// Makes a system call. Returns its result, or the negated errno on failure.
  long call(SystemCall which, long first, long second, long third, long fourth) {
    long number = which.number(architecture);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(state);
      long result = (long) syscall.invokeExact(captured, number, first, second, third, fourth);
      return result < 0 ? -(int) errno.get(captured, 0L) : result;
    } catch (Throwable impossible) { // invokeExact declares it; the call itself throws nothing.
      throw new IllegalStateException(impossible);
    }
  }
}
