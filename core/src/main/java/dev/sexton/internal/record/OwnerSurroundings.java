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
public record OwnerSurroundings(
    @Nullable String systemdUnit, @Nullable String mark, boolean optedOut) {
  /// Of an owner about which nothing of this is recorded.
  public static final OwnerSurroundings UNKNOWN = new OwnerSurroundings(null, null, false);
}
