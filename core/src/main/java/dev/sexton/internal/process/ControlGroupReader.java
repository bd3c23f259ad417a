package dev.sexton.internal.process;

import java.util.Set;

/// The reading half of the port to the control groups of instances. Implementations are safe for
/// use by several threads.
public interface ControlGroupReader {
  /// Stands for members that cannot be seen, in another PID namespace or in a hidden group.
  long UNSEEN = 0;

  /// Returns the process IDs in an instance's group and the groups below it, except groups of other
  /// instances. Empty if the group is gone or cannot be seen here. [#UNSEEN] among them means that
  /// there may be others.
  Set<Long> members(String group);

  /// Like [#members], but includes the groups of other instances below.
  Set<Long> everyone(String group);

  /// Returns whether a process is in the group or in one below it.
  boolean contains(String group, long pid);
}
