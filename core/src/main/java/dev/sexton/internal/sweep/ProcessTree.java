package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import java.util.List;

/// A process to be stopped with all its descendants.
///
/// @param instance the instance it belongs to
/// @param name the name under which it was tracked; else the evidence that it was found by, such as
///   `(marked)`
/// @param root the process itself
/// @param members all processes to be stopped, including the root
/// @param spared descendants that must be left alone and prevent the tree from being gone
/// @param reason how it is known to belong to the instance
record ProcessTree(
    ObservedInstance instance,
    String name,
    ProcessInfo root,
    List<ProcessInfo> members,
    List<Spared> spared,
    String reason) {
  /// A process that must be left alone.
  ///
  /// @param process the process
  /// @param reason the reason
  record Spared(ProcessInfo process, String reason) {}

  /// Returns whether the instance itself gave a tree this name, and not a sweep that found it.
  static boolean isNamed(String name) {
    return !name.startsWith("(");
  }

  /// Returns the same tree with other members.
  ProcessTree with(List<ProcessInfo> others) {
    return new ProcessTree(instance, name, root, others, spared, reason);
  }
}
