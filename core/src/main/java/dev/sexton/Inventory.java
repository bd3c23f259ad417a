package dev.sexton;

import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import java.nio.file.Path;
import java.util.List;

/// A snapshot of every instance with its resources, and of the files and resources without an
/// owner. Immutable.
///
/// @param instances every instance, oldest first, including dead ones without a record that have
///   left containers
/// @param unclaimed resources whose owner cannot be determined
/// @param problems files that cannot be read or must be ignored
/// @param strays files in `instances/` that belong to no record
/// @param engineFailures why container engines could not be asked, one line each
public record Inventory(
    List<InstanceInfo> instances,
    List<Unclaimed> unclaimed,
    List<Problem> problems,
    List<Stray> strays,
    List<String> engineFailures) {
  /// A file that belongs to no record.
  ///
  /// @param path its path
  /// @param setAside whether a sweep has set it aside because it could not be read as a record
  public record Stray(Path path, boolean setAside) {}

  /// Copies the lists.
  public Inventory {
    instances = List.copyOf(instances);
    unclaimed = List.copyOf(unclaimed);
    problems = List.copyOf(problems);
    strays = List.copyOf(strays);
    engineFailures = List.copyOf(engineFailures);
  }
}
