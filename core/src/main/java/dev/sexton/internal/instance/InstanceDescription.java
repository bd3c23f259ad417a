package dev.sexton.internal.instance;

import java.util.List;

/// What is known of an instance before it is registered. Immutable.
///
/// @param instanceId its UUID
/// @param name the server's name, or empty if it has none
/// @param keep patterns of programs that a sweep of the instance keeps
public record InstanceDescription(String instanceId, String name, List<String> keep) {
  /// Copies the patterns.
  public InstanceDescription {
    keep = List.copyOf(keep);
  }

  /// Describes an instance in which a sweep keeps no particular programs.
  public InstanceDescription(String instanceId, String name) {
    this(instanceId, name, List.of());
  }
}
