package dev.sexton.internal.record;

import com.google.gson.JsonObject;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.StartTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The content of an instance's record. Immutable. Callers must not change [#source], and create
/// records with [#builder].
///
/// @param instanceId the instance's UUID
/// @param pid the owner's process ID
/// @param startedAt when the instance started, as written in the record
/// @param schema 0 if the original wrote the record, otherwise Sexton's schema number
/// @param application the instance's application, or null if the record names none
/// @param name the server's name, or empty if it has none
/// @param command the owner's command line, or empty if not recorded
/// @param owner the owner's identity, or null if only a process ID was recorded
/// @param ownerHoldsLock whether the owner holds byte 0 of the lock file for as long as it lives
/// @param started when the instance started, by the clock of its owner's start time; unknown if not
///   recorded
/// @param written when the owner last wrote the record, by the same clock; unknown if not recorded
/// @param containers whether the instance ever asked for container labels
/// @param processes the tracked processes, by name
/// @param invalidProcesses invalid entries of `python_processes`, with the defect
/// @param tombstone how earlier sweeps failed, or null if none did
/// @param surroundings where the owner ran
/// @param source all keys as they were read, including unknown ones
/// @param keep patterns of programs that a sweep of the instance keeps
/// @param run what a watcher has to know if `sexton run` started the owner, or null if it did not
public record InstanceRecord(
    String instanceId,
    long pid,
    String startedAt,
    int schema,
    @Nullable String application,
    String name,
    String command,
    @Nullable ProcessIdentity owner,
    boolean ownerHoldsLock,
    StartTime started,
    StartTime written,
    ContainerUse containers,
    Map<String, TrackedProcess> processes,
    Map<String, String> invalidProcesses,
    @Nullable Tombstone tombstone,
    OwnerSurroundings surroundings,
    JsonObject source,
    List<String> keep,
    @Nullable RunTerms run) {
  /// The name in a record of a process that a sweeper found among the owner's descendants. The
  /// instance itself never gives a name that begins with a parenthesis.
  public static final String DESCENDANT = "(descendant)";

  /// The number of the schema that this version writes, and the newest that it reads.
  public static final int SCHEMA = 1;

  /// The maximum number of keep patterns in a record.
  public static final int MAX_KEEP = 64;

  /// A process that the instance tracks.
  ///
  /// @param pid its process ID
  /// @param identity its identity, or null if only the process ID was recorded
  /// @param trackedAt when it was tracked, in ISO 8601, or empty if not recorded
  /// @param command its command line, or empty if not recorded
  public record TrackedProcess(
      long pid, @Nullable ProcessIdentity identity, String trackedAt, String command) {}

  /// What earlier sweeps could not finish.
  ///
  /// @param attempts how many sweeps tried
  /// @param lastError why the last one did not finish
  /// @param writtenAt when the record was last written before the first of them, in ISO 8601, or
  ///   empty if not known
  /// @param foundDead when the first of them found the owner dead, in ISO 8601, or empty if not
  ///   known
  public record Tombstone(int attempts, String lastError, String writtenAt, String foundDead) {}

  /// Copies the collections and preserves the order of the processes.
  public InstanceRecord {
    keep = List.copyOf(keep);
    processes = Collections.unmodifiableMap(new LinkedHashMap<>(processes));
    invalidProcesses = Collections.unmodifiableMap(new LinkedHashMap<>(invalidProcesses));
  }

  /// Returns a builder for the record of an instance of which nothing else is known yet.
  public static InstanceRecordBuilder builder(String instanceId, long pid, String startedAt) {
    return new InstanceRecordBuilder(instanceId, pid, startedAt);
  }

  /// Returns the same instance with the values that change each time its record is written.
  public InstanceRecord rewritten(
      StartTime lastWrite,
      ContainerUse use,
      Map<String, TrackedProcess> tracked,
      @Nullable Tombstone swept,
      JsonObject keys) {
    return copy()
        .written(lastWrite)
        .containers(use)
        .processes(tracked)
        .tombstone(swept)
        .source(keys)
        .build();
  }

  /// Returns the same instance with its own control group.
  public InstanceRecord in(String controlGroup) {
    return copy().surroundings(surroundings.in(controlGroup)).build();
  }

  /// Returns a builder with everything but the invalid processes, which are never written.
  private InstanceRecordBuilder copy() {
    return builder(instanceId, pid, startedAt)
        .schema(schema)
        .application(application)
        .name(name)
        .command(command)
        .owner(owner, ownerHoldsLock)
        .started(started)
        .written(written)
        .containers(containers)
        .processes(processes)
        .tombstone(tombstone)
        .surroundings(surroundings)
        .source(source)
        .keep(keep)
        .run(run);
  }

  /// Returns when the owner last wrote the record. A tombstone stores it, because a sweep has
  /// written the record since.
  ///
  /// @param modified when the file was last written
  public Instant ownerWrote(Instant modified) {
    if (tombstone == null || tombstone.writtenAt().isEmpty()) {
      return modified;
    }
    try {
      return Instant.parse(tombstone.writtenAt());
    } catch (DateTimeException unreadable) {
      return modified;
    }
  }

  /// Returns when the instance started, or null if that cannot be determined. Without a zone it is
  /// local time.
  public @Nullable Instant startInstant(ZoneId zone) {
    return Timestamps.parse(startedAt, zone);
  }

  /// Returns whether this is a UUID as the original writes it, and so nothing else, such as a path.
  public static boolean isUuid(String id) {
    if (id.length() != 36) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (dash ? c != '-' : !hex) {
        return false;
      }
    }
    return true;
  }
}
