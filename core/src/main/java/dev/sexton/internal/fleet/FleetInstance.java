package dev.sexton.internal.fleet;

import dev.sexton.InstanceInfo;

/// An instance as the watcher of its host has published it.
///
/// @param seenBy the watcher
/// @param identity which instance it is; the directory is one of the watcher's host
/// @param owner the server that registered it, without its command line
/// @param state what the watcher knows about the owner, by the kernel of its host
public record FleetInstance(
    FleetHost seenBy,
    InstanceInfo.Identity identity,
    InstanceInfo.Owner owner,
    InstanceInfo.State state) {
  /// Returns the instance's UUID.
  public String instanceId() {
    return identity.instanceId();
  }
}
