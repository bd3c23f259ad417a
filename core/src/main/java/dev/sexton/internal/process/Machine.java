package dev.sexton.internal.process;

import org.jspecify.annotations.Nullable;

/// The scope in which process IDs are valid: one boot of one host, seen from one PID namespace.
///
/// @param host identifies the host, or empty if that cannot be read
/// @param boot identifies this boot of the host, or empty if that cannot be read
/// @param pidNamespace identifies the PID namespace, or empty if that cannot be read
/// @param unit the unit of process start times here
public record Machine(String host, String boot, String pidNamespace, StartUnit unit) {
  /// Returns whether process IDs and start times mean the same on both machines. A part that could
  /// not be read is empty and equals nothing. Where start times are in milliseconds, the platform
  /// has no such parts.
  public boolean isComparableTo(Machine other) {
    return unit == StartUnit.MILLIS
        ? equals(other)
        : sharesClock(other) && isSame(pidNamespace, other.pidNamespace);
  }

  /// Returns whether start times of both machines can be compared: both are the same boot of the
  /// same host. Their PID namespaces may differ.
  public boolean sharesClock(Machine other) {
    return unit == StartUnit.MILLIS
        ? equals(other)
        : unit == other.unit && isSame(host, other.host) && isSame(boot, other.boot);
  }

  private static boolean isSame(String part, String other) {
    return !part.isEmpty() && part.equals(other);
  }

  // A record's default methods are generated at run time, on first use. That costs a fresh JVM more
  // than assessing an instance does.
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
