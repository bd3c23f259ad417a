package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import java.util.List;

/// A process to be stopped with all its descendants.
///
/// @param instance the instance it belongs to
/// @param origin the process itself, and how it was found
/// @param members all processes to be stopped, including the root
/// @param spared descendants that must be left alone and prevent the tree from being gone
record ProcessTree(
    ObservedInstance instance, Root origin, List<ProcessInfo> members, List<Spared> spared) {
  /// The process from which a tree grows.
  ///
  /// @param process the process
  /// @param name the name under which it was recorded; else the evidence that it was found by, such
  ///   as `(marked)`
  /// @param reason how it is known to belong to the instance
  record Root(ProcessInfo process, String name, String reason) {
    /// Returns whether the instance itself recorded it.
    boolean isRecorded() {
      return isNamed(name);
    }
  }

  /// A process that must be left alone.
  ///
  /// @param process the process
  /// @param reason the reason
  record Spared(ProcessInfo process, String reason) {}

  /// Returns whether the instance itself gave a tree this name, and not a sweep that found it.
  static boolean isNamed(String name) {
    return !name.startsWith("(");
  }

  /// Returns the process from which it grows.
  ProcessInfo root() {
    return origin.process();
  }

  /// Returns the name of its root.
  String name() {
    return origin.name();
  }

  /// Returns how it is known to belong to the instance.
  String reason() {
    return origin.reason();
  }

  /// Returns the same tree with other members.
  ProcessTree with(List<ProcessInfo> others) {
    return new ProcessTree(instance, origin, others, spared);
  }
}
