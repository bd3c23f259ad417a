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

/**
 * What there is: every instance with what it holds, and what is nobody's. Immutable; to take one
 * reads only and changes nothing.
 *
 * @param instances every instance, the oldest first; also a dead one without a record of which
 *     containers are left
 * @param unclaimed resources that cannot be judged
 * @param problems files that cannot be read or must not be obeyed
 * @param strays files in {@code instances/} that belong to no record
 * @param engineFailures why engines could not be asked, one line each
 */
public record Inventory(
    List<Item> instances,
    List<Unclaimed> unclaimed,
    List<Problem> problems,
    List<Stray> strays,
    List<String> engineFailures) {
  /**
   * One instance.
   *
   * @param instanceId its UUID
   * @param application its application
   * @param stateDirectory the directory that holds its {@code instances/}
   * @param pid the owner's process ID; 0 if the record is lost
   * @param startedAt when it started, as the record gives it; empty if the record is lost
   * @param liveness the verdict
   * @param reason why, in words for a person
   * @param name what the server is called; empty if it has no name
   * @param command the owner's command line; empty if not recorded
   * @param tombstone how earlier sweeps failed; null if there was none
   * @param isRun whether {@code sexton run} started it, so that a watcher sees to it
   * @param holdings what it holds
   */
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
    /** Copies the list. */
    public Item {
      holdings = List.copyOf(holdings);
    }

    /** When it started; null if that cannot be made out. */
    public @Nullable Instant started() {
      return Timestamps.parse(startedAt, ZoneId.systemDefault());
    }
  }

  /**
   * What earlier sweeps of an instance could not finish.
   *
   * @param attempts how many tried
   * @param lastError why the last one did not finish
   */
  public record Tombstone(int attempts, String lastError) {}

  /** Whether what was recorded is there. */
  public enum State {
    /** It is there, and the instance's. A container is there even if it is not running. */
    RUNNING,
    /** It is gone. */
    GONE,
    /** Its process ID belongs to somebody else now. */
    RECYCLED,
    /** It is there, and not the instance's to end. */
    KEPT,
    /** It is there, and whether it is the instance's cannot be judged. */
    UNCLAIMED
  }

  /**
   * One resource of an instance.
   *
   * @param kind what it is
   * @param name the name it was tracked under, or the engine's; {@code (marked)} or {@code
   *     (session)} for a process that was found without the record
   * @param pid the process ID of a process; 0 for anything else
   * @param pids all processes of the tree that are there; empty for anything but a process
   * @param id the engine's id; null for a process
   * @param state whether it is there
   * @param detail how it is known to be the instance's, or why it is not; the engine's word for the
   *     state of a container
   * @param residentBytes the memory of the tree; 0 for anything but a process
   */
  public record Holding(
      ResourceKind kind,
      String name,
      long pid,
      List<Long> pids,
      @Nullable String id,
      State state,
      String detail,
      long residentBytes) {
    /** Copies the list. */
    public Holding {
      pids = List.copyOf(pids);
    }
  }

  /**
   * A file that belongs to no record.
   *
   * @param path where
   * @param setAside whether a sweep has set it aside, for it could not be read as a record
   */
  public record Stray(Path path, boolean setAside) {}

  /** Copies the lists. */
  public Inventory {
    instances = List.copyOf(instances);
    unclaimed = List.copyOf(unclaimed);
    problems = List.copyOf(problems);
    strays = List.copyOf(strays);
    engineFailures = List.copyOf(engineFailures);
  }

  /** Looks. Everything of the request but where to look is of no account. */
  public static Inventory take(Ports ports, SweepRequest request) {
    return new InventoryCollector(ports, request).run();
  }
}
