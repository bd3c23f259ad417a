package dev.sexton.simulation;

import org.jspecify.annotations.Nullable;

/** A control group that an instance has to itself. */
final class WorldGroup {
  final String path;
  final @Nullable WorldGroup above;
  boolean frozen;

  WorldGroup(String path, @Nullable WorldGroup above) {
    this.path = path;
    this.above = above;
  }

  /** Whether it is this group or lies below it. */
  boolean isIn(WorldGroup group) {
    for (WorldGroup one = this; one != null; one = one.above) {
      if (one == group) {
        return true;
      }
    }
    return false;
  }

  /** Whether it, or one above it, is held. */
  boolean isHeld() {
    return frozen || (above != null && above.isHeld());
  }
}
