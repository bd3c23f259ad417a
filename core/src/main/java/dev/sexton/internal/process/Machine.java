package dev.sexton.internal.process;

import org.jspecify.annotations.Nullable;

/**
 * Where and when process IDs mean something: one boot of one host, seen from one PID namespace.
 *
 * @param host identifies the host; empty if that cannot be read
 * @param boot identifies this boot of it; empty if that cannot be read
 * @param pidNamespace identifies the PID namespace; empty if that cannot be read
 * @param unit in which process start times are counted here
 */
public record Machine(String host, String boot, String pidNamespace, StartUnit unit) {
  /** The unit of a process start time. */
  public enum StartUnit {
    /**
     * Clock ticks since boot, as in field 22 of {@code /proc/PID/stat}; no clock setting moves
     * them.
     */
    TICKS,
    /** Milliseconds since 1970, as the platform reports them. */
    MILLIS
  }

  /// Whether process IDs and start times of the one mean the same in the other. A part that could
  /// not be read, and so is empty, equals nothing; where start times count milliseconds the
  /// platform has no such parts.
  public boolean isComparableTo(Machine other) {
    return unit == StartUnit.MILLIS
        ? equals(other)
        : sharesClock(other) && isSame(pidNamespace, other.pidNamespace);
  }

  /// Whether start times of the one can be compared with those of the other: both are of one boot
  /// of one host, whatever their PID namespaces.
  public boolean sharesClock(Machine other) {
    return unit == StartUnit.MILLIS
        ? equals(other)
        : unit == other.unit && isSame(host, other.host) && isSame(boot, other.boot);
  }

  private static boolean isSame(String part, String other) {
    return !part.isEmpty() && part.equals(other);
  }

  // What the compiler makes for a record is put together at run time, at its first use: that costs
  // a
  // fresh JVM more than judging an instance does.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Machine machine
        && host.equals(machine.host)
        && boot.equals(machine.boot)
        && pidNamespace.equals(machine.pidNamespace)
        && unit == machine.unit;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * (31 * host.hashCode() + boot.hashCode()) + pidNamespace.hashCode())
        + unit.hashCode();
  }
}
