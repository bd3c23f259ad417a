package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import java.util.List;

/**
 * A process to be stopped with all its descendants.
 *
 * @param instance whose it is
 * @param name the name it was tracked under, {@code (marked)} or {@code (session)}
 * @param root the process itself
 * @param members all that is to be stopped, the root included
 * @param spared descendants that must be left alone and keep the tree from being gone
 * @param reason how it is known to belong to the instance
 */
record ProcessTree(
    ObservedInstance instance,
    String name,
    ProcessInfo root,
    List<ProcessInfo> members,
    List<Spared> spared,
    String reason) {
  /**
   * A process that must be left alone.
   *
   * @param process which
   * @param reason why
   */
  record Spared(ProcessInfo process, String reason) {}

  /** The same with other members. */
  ProcessTree with(List<ProcessInfo> others) {
    return new ProcessTree(instance, name, root, others, spared, reason);
  }
}
