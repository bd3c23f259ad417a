package dev.sexton.simulation;

import org.jspecify.annotations.Nullable;

/// A control group that belongs to one instance only.
final class WorldGroup {
  final String path;
  final @Nullable WorldGroup above;
  boolean frozen;

  WorldGroup(String path, @Nullable WorldGroup above) {
    this.path = path;
    this.above = above;
  }

  /// Returns whether this group is the given group or lies below it.
  boolean isIn(WorldGroup group) {
    for (WorldGroup one = this; one != null; one = one.above) {
      if (one == group) {
        return true;
      }
    }
    return false;
  }

  /// Returns whether this group or one above it is frozen.
  boolean isHeld() {
    return frozen || (above != null && above.isHeld());
  }
}
