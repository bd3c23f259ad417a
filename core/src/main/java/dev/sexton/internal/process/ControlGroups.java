package dev.sexton.internal.process;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The port to the control groups of their own that instances may have. What one of its processes
 * starts is in the group as well, and leaves it only if somebody moves it. Safe for use by several
 * threads.
 */
public interface ControlGroups {
  /** Stands for members that cannot be seen: of another PID namespace, or in a hidden group. */
  long UNSEEN = 0;

  /** A machine on which no instance has one. */
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

  /**
   * Makes a group for an instance below the one that a process is in, where the system lets us.
   *
   * @return what a record calls it; null where there can be none
   */
  @Nullable String create(String instanceId, long pid);

  /** Moves a process into a group; false if that is not allowed, or one of them is gone. */
  boolean enter(String group, long pid);

  /**
   * The process IDs of an instance's group and of the groups below it, but not below those of other
   * instances; empty if it is gone, or is not seen here. {@link #UNSEEN} among them says that there
   * may be others.
   */
  Set<Long> members(String group);

  /** As {@link #members}, with those of other instances below. */
  Set<Long> everyone(String group);

  /** Whether a process is in the group or in one below it. */
  boolean contains(String group, long pid);

  /**
   * Has all in the group and below it stand still, and waits a moment for that; or has it go on.
   * What stands still can be killed all the same.
   *
   * @return whether it does so now
   */
  boolean freeze(String group, boolean frozen);

  /** Kills all in the group and below it at once; nothing that it forks gets away. */
  void kill(String group);

  /** Removes the group and the empty ones below it, unless something is left in one. */
  void remove(String group);
}
