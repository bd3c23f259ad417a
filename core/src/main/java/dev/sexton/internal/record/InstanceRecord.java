package dev.sexton.internal.record;

import com.google.gson.JsonObject;
import dev.sexton.internal.process.ProcessIdentity;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the record of an instance says. Immutable; {@link #source} is not to be changed.
 *
 * @param instanceId the instance's UUID
 * @param pid the owner's process ID
 * @param startedAt when the instance started, as it was written
 * @param schema 0 if the original wrote it, otherwise our schema's number
 * @param application its application; null if the record names none
 * @param name what the server is called; empty if it has no name
 * @param command the owner's command line; empty if not recorded
 * @param owner the owner's identity; null if only a process ID was recorded
 * @param ownerHoldsLock whether the owner holds byte 0 of the lock file for as long as it lives
 * @param startedUnits when the instance started, in the unit of process start times; −1 if not
 *     recorded
 * @param writtenUnits when the owner last wrote the record, in the same unit; −1 if not recorded
 * @param usesContainers whether the instance ever asked for container labels; null if not recorded
 * @param processes what it tracks, by name
 * @param invalidProcesses entries of {@code python_processes} that are no process, with the defect
 * @param tombstone how earlier sweeps failed; null if there was none
 * @param surroundings where the owner ran
 * @param source all keys as they were read, the unknown ones included
 * @param keep patterns of programs that a sweep of the instance keeps
 * @param run what a watcher has to know if {@code sexton run} started the owner; null if it did not
 */
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
    long startedUnits,
    long writtenUnits,
    @Nullable Boolean usesContainers,
    Map<String, TrackedProcess> processes,
    Map<String, String> invalidProcesses,
    @Nullable Tombstone tombstone,
    OwnerSurroundings surroundings,
    JsonObject source,
    List<String> keep,
    @Nullable RunTerms run) {
  /// A record that says nothing about where its owner ran, nor which programs to keep.
  public InstanceRecord(
      String instanceId,
      long pid,
      String startedAt,
      int schema,
      @Nullable String application,
      String name,
      String command,
      @Nullable ProcessIdentity owner,
      boolean ownerHoldsLock,
      long startedUnits,
      long writtenUnits,
      @Nullable Boolean usesContainers,
      Map<String, TrackedProcess> processes,
      Map<String, String> invalidProcesses,
      @Nullable Tombstone tombstone,
      JsonObject source) {
    this(
        instanceId,
        pid,
        startedAt,
        schema,
        application,
        name,
        command,
        owner,
        ownerHoldsLock,
        startedUnits,
        writtenUnits,
        usesContainers,
        processes,
        invalidProcesses,
        tombstone,
        OwnerSurroundings.UNKNOWN,
        source,
        List.of(),
        null);
  }

  /// How a record calls a process that a sweeper saw below the owner. A name that begins with a
  /// parenthesis is none that the instance itself gave.
  public static final String DESCENDANT = "(descendant)";

  /** The number of the schema that this version writes, and the newest that it reads. */
  public static final int SCHEMA = 1;

  /// How many patterns of programs to keep a record may have.
  public static final int MAX_KEEP = 64;

  /**
   * A process that the instance tracks.
   *
   * @param pid its process ID
   * @param identity its identity; null if only the process ID was recorded
   * @param trackedAt when it was tracked, ISO 8601; empty if not recorded
   * @param command its command line; empty if not recorded
   */
  public record TrackedProcess(
      long pid, @Nullable ProcessIdentity identity, String trackedAt, String command) {}

  /**
   * What earlier sweeps could not finish.
   *
   * @param attempts how many sweeps tried
   * @param lastError why the last one did not finish
   * @param writtenAt when the record was last written before the first of them, ISO 8601; empty if
   *     not known
   * @param foundDead when the first of them found the owner dead, ISO 8601; empty if not known
   */
  public record Tombstone(int attempts, String lastError, String writtenAt, String foundDead) {}

  /** Keeps the order of the processes. */
  public InstanceRecord {
    keep = List.copyOf(keep);
    processes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(processes));
    invalidProcesses = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(invalidProcesses));
  }

  /** The same instance with what changes from one writing of its record to the next. */
  public InstanceRecord rewritten(
      long units,
      @Nullable Boolean containers,
      Map<String, TrackedProcess> tracked,
      @Nullable Tombstone swept,
      JsonObject keys) {
    return rewritten(surroundings, units, containers, tracked, swept, keys);
  }

  /// The same instance with a control group of its own.
  public InstanceRecord in(String controlGroup) {
    return rewritten(
        surroundings.in(controlGroup), writtenUnits, usesContainers, processes, tombstone, source);
  }

  private InstanceRecord rewritten(
      OwnerSurroundings around,
      long units,
      @Nullable Boolean containers,
      Map<String, TrackedProcess> tracked,
      @Nullable Tombstone swept,
      JsonObject keys) {
    return new InstanceRecord(
        instanceId,
        pid,
        startedAt,
        schema,
        application,
        name,
        command,
        owner,
        ownerHoldsLock,
        startedUnits,
        units,
        containers,
        tracked,
        Map.of(),
        swept,
        around,
        keys,
        keep,
        run);
  }

  /**
   * When the owner last wrote the record: a tombstone remembers it, for a sweep wrote it since.
   *
   * @param modified when the file was last written
   */
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

  /**
   * When the instance started; null if that cannot be made out. Without a zone it is local time.
   */
  public @Nullable Instant startInstant(ZoneId zone) {
    return Timestamps.parse(startedAt, zone);
  }

  /** Whether this is a UUID as the original writes it, and so nothing else, such as a path. */
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
