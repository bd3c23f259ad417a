import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Waits for the end of a process, without using the processor, and does nothing else: what any
 * watcher in Java weighs at least. Linux on x86-64.
 */
final class Waiter {
  private static final long PIDFD_OPEN = 434;
  private static final long PPOLL = 271;
  private static final short POLLIN = 1;

  /** Takes the process's ID; with a second argument, does not wait. */
  public static void main(String[] args) throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle syscall =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    long process = (long) syscall.invokeExact(PIDFD_OPEN, Long.parseLong(args[0]), 0L, 0L, 0L);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment descriptor = arena.allocate(8, 8);
      descriptor.set(ValueLayout.JAVA_INT, 0, (int) process);
      descriptor.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
      MemorySegment limit = arena.allocate(16, 8); // Zero: a look, no wait.
      long wait = args.length > 1 ? limit.address() : 0L;
      long ignored = (long) syscall.invokeExact(PPOLL, descriptor.address(), 1L, wait, 0L);
    }
  }
}
