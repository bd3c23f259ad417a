package dev.sexton.internal.record;

import org.jspecify.annotations.Nullable;

/// Where an instance's owner ran. A sweep needs it to distinguish what the owner's children
/// inherited from what they got later. Immutable.
///
/// @param systemdUnit the owner's systemd unit, or empty if it ran in none, or null if not recorded
/// @param mark the marker of another instance that the owner itself had and its children inherit,
///   or empty if none, or null if not recorded
/// @param optedOut whether the owner's own environment had `SEXTON_KEEP` set, so that inheriting it
///   means nothing
/// @param controlGroup the directory of the instance's own control group, or null if it has none
public record OwnerSurroundings(
    @Nullable String systemdUnit,
    @Nullable String mark,
    boolean optedOut,
    @Nullable String controlGroup) {
  /// Returns the same surroundings for an instance with a control group.
  public OwnerSurroundings in(String group) {
    return new OwnerSurroundings(systemdUnit, mark, optedOut, group);
  }

  /// The surroundings of an owner for which none are recorded.
  public static final OwnerSurroundings UNKNOWN = new OwnerSurroundings(null, null, false, null);
}
