package dev.sexton.internal.record;

import org.jspecify.annotations.Nullable;

/// Where an instance's owner ran, as far as a sweep needs it to tell what the owner's children got
/// from the owner and what they got later. Immutable.
///
/// @param systemdUnit the owner's systemd unit; empty if it ran in none, null if not recorded
/// @param mark the mark of another instance that the owner itself carried and its children inherit;
///   empty if none, null if not recorded
/// @param optedOut whether the owner's own environment had `SEXTON_KEEP` set, so that inheriting it
///   means nothing
/// @param controlGroup the directory of the instance's own control group; null if it has none
public record OwnerSurroundings(
    @Nullable String systemdUnit,
    @Nullable String mark,
    boolean optedOut,
    @Nullable String controlGroup) {
  /// Returns the same of an instance with a control group.
  public OwnerSurroundings in(String group) {
    return new OwnerSurroundings(systemdUnit, mark, optedOut, group);
  }

  /// Of an owner about which nothing of this is recorded.
  public static final OwnerSurroundings UNKNOWN = new OwnerSurroundings(null, null, false, null);
}
