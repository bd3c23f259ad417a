package dev.sexton.internal.sweep;

import dev.sexton.Liveness;
import dev.sexton.ResourceKind;
import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.internal.record.Timestamps;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A snapshot of every instance with its resources, and of the files and resources without an
/// owner. Immutable. Taking it only reads and changes nothing.
///
/// @param instances every instance, oldest first, including dead ones without a record that have
///   left containers
/// @param unclaimed resources that cannot be judged
/// @param problems files that cannot be read or must be ignored
/// @param strays files in `instances/` that belong to no record
/// @param engineFailures why engines could not be asked, one line each
public record Inventory(
    List<Item> instances,
    List<Unclaimed> unclaimed,
    List<Problem> problems,
    List<Stray> strays,
    List<String> engineFailures) {
  /// One instance.
  ///
  /// @param instanceId its UUID
  /// @param application its application
  /// @param stateDirectory the directory that holds its `instances/`
  /// @param pid the owner's PID; 0 if the record is lost
  /// @param startedAt its start time, as given in the record; empty if the record is lost
  /// @param liveness the verdict
  /// @param reason the reason for the verdict, for a person
  /// @param name the server's name; empty if it has none
  /// @param command the owner's command line; empty if not recorded
  /// @param tombstone how earlier sweeps failed; null if there was none
  /// @param isRun whether `sexton run` started it, so that a watcher takes care of it
  /// @param holdings its resources
  public record Item(
      String instanceId,
      String application,
      Path stateDirectory,
      long pid,
      String startedAt,
      Liveness liveness,
      String reason,
      String name,
      String command,
      @Nullable Tombstone tombstone,
      boolean isRun,
      List<Holding> holdings) {
    /// Copies the list.
    public Item {
      holdings = List.copyOf(holdings);
    }

    /// Returns the start time; null if it cannot be determined.
    public @Nullable Instant started() {
      return Timestamps.parse(startedAt, ZoneId.systemDefault());
    }
  }

  /// The result of earlier sweeps that could not finish an instance.
  ///
  /// @param attempts the number of attempts
  /// @param lastError why the last one did not finish
  public record Tombstone(int attempts, String lastError) {}

  /// Whether a recorded resource still exists.
  public enum State {
    /// It exists and belongs to the instance. A container exists even if it is not running.
    RUNNING,
    /// It is gone.
    GONE,
    /// Its PID belongs to another process now.
    RECYCLED,
    /// It exists, but is not the instance's to stop.
    KEPT,
    /// It exists, but whether it belongs to the instance cannot be judged.
    UNCLAIMED
  }

  /// One resource of an instance.
  ///
  /// @param kind its kind
  /// @param name the name under which it was tracked, or the engine's name; for a process found
  ///   without the record the evidence, such as `(marked)`
  /// @param pid the PID of a process; 0 for anything else
  /// @param pids all existing processes of the tree; empty for anything but a process
  /// @param id the engine's ID; null for a process
  /// @param state whether it exists
  /// @param detail how it is known to belong to the instance, or why it does not; for a container,
  ///   the engine's word for its state
  /// @param residentBytes the memory of the tree; 0 for anything but a process
  public record Holding(
      ResourceKind kind,
      String name,
      long pid,
      List<Long> pids,
      @Nullable String id,
      State state,
      String detail,
      long residentBytes) {
    /// Copies the list.
    public Holding {
      pids = List.copyOf(pids);
    }
  }

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

  /// Collects the inventory of the request's directories and instances, with its keep list. What
  /// the request says about stopping is not used.
  public static Inventory take(Ports ports, SweepRequest request) {
    return new InventoryCollector(ports, request).run();
  }
}
