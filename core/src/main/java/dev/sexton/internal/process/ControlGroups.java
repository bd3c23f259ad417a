package dev.sexton.internal.process;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The port to the control groups of instances. A process that a member starts is also a member,
/// and leaves the group only if it is moved. Implementations are safe for use by several threads.
public interface ControlGroups extends ControlGroupReader {
  /// A machine on which no instance has a control group.
  ControlGroups NONE =
      new ControlGroups() {
        @Override
        public @Nullable String create(String instanceId, long pid) {
          return null;
        }

        @Override
        public boolean enter(String group, long pid) {
          return false;
        }

        @Override
        public Set<Long> members(String group) {
          return Set.of();
        }

        @Override
        public Set<Long> everyone(String group) {
          return Set.of();
        }

        @Override
        public boolean contains(String group, long pid) {
          return false;
        }

        @Override
        public boolean freeze(String group, boolean frozen) {
          return false;
        }

        @Override
        public void kill(String group) {}

        @Override
        public void remove(String group) {}
      };

  /// Creates a group for an instance below a process's group, where the system permits it.
  ///
  /// @return the group's name for the record, or null if there can be none
  @Nullable String create(String instanceId, long pid);

  /// Moves a process into a group. Returns false if that is not permitted, or either is gone.
  boolean enter(String group, long pid);

  /// Freezes all processes in the group and below it and waits briefly until they are frozen, or
  /// thaws them. Frozen processes can still be killed.
  ///
  /// @return whether the group is now in the requested state
  boolean freeze(String group, boolean frozen);

  /// Kills all processes in the group and below it at once. No fork escapes.
  void kill(String group);

  /// Removes the group and the empty ones below it, unless one of them still has a process.
  void remove(String group);
}
