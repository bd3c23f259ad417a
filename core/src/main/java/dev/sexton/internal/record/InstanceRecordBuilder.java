package dev.sexton.internal.record;

import com.google.gson.JsonObject;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.record.InstanceRecord.Tombstone;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Assembles an [InstanceRecord]. What is not set is what a record of this version says that has
/// recorded nothing. Not safe for use by multiple threads.
public final class InstanceRecordBuilder {
  private final String instanceId;
  private final long pid;
  private final String startedAt;
  private int schema = InstanceRecord.SCHEMA;
  private @Nullable String application;
  private String name = "";
  private String command = "";
  private @Nullable ProcessIdentity owner;
  private boolean ownerHoldsLock;
  private StartTime started = StartTime.UNKNOWN;
  private StartTime written = StartTime.UNKNOWN;
  private ContainerUse containers = ContainerUse.UNKNOWN;
  private Map<String, TrackedProcess> processes = Map.of();
  private Map<String, String> invalidProcesses = Map.of();
  private @Nullable Tombstone tombstone;
  private OwnerSurroundings surroundings = OwnerSurroundings.UNKNOWN;
  private JsonObject source = new JsonObject();
  private List<String> keep = List.of();
  private @Nullable RunTerms run;

  InstanceRecordBuilder(String instanceId, long pid, String startedAt) {
    this.instanceId = instanceId;
    this.pid = pid;
    this.startedAt = startedAt;
  }

  /// Sets who wrote the record: 0 for the original, otherwise the number of Sexton's schema.
  public InstanceRecordBuilder schema(int schema) {
    this.schema = schema;
    return this;
  }

  /// Sets the instance's application; null if the record names none.
  public InstanceRecordBuilder application(@Nullable String application) {
    this.application = application;
    return this;
  }

  /// Sets the server's name, empty by default.
  public InstanceRecordBuilder name(String name) {
    this.name = name;
    return this;
  }

  /// Sets the owner's command line, empty by default.
  public InstanceRecordBuilder command(String command) {
    this.command = command;
    return this;
  }

  /// Sets the owner's identity, null by default, and whether it holds the lock.
  public InstanceRecordBuilder owner(@Nullable ProcessIdentity owner, boolean holdsLock) {
    this.owner = owner;
    this.ownerHoldsLock = holdsLock;
    return this;
  }

  /// Sets when the instance started, by the clock of start times; unknown by default.
  public InstanceRecordBuilder started(StartTime time) {
    this.started = time;
    return this;
  }

  /// Sets when the owner last wrote the record, by the clock of start times; unknown by default.
  public InstanceRecordBuilder written(StartTime time) {
    this.written = time;
    return this;
  }

  /// Sets whether the instance ever asked for container labels; unknown by default.
  public InstanceRecordBuilder containers(ContainerUse use) {
    this.containers = use;
    return this;
  }

  /// Sets the tracked processes. The map is copied when the record is built.
  public InstanceRecordBuilder processes(Map<String, TrackedProcess> processes) {
    this.processes = processes;
    return this;
  }

  /// Sets the invalid entries. The map is copied when the record is built.
  public InstanceRecordBuilder invalidProcesses(Map<String, String> invalidProcesses) {
    this.invalidProcesses = invalidProcesses;
    return this;
  }

  /// Sets how earlier sweeps failed; null by default.
  public InstanceRecordBuilder tombstone(@Nullable Tombstone tombstone) {
    this.tombstone = tombstone;
    return this;
  }

  /// Sets where the owner ran, unknown by default.
  public InstanceRecordBuilder surroundings(OwnerSurroundings surroundings) {
    this.surroundings = surroundings;
    return this;
  }

  /// Sets the keys as they were read. The object is not copied.
  public InstanceRecordBuilder source(JsonObject source) {
    this.source = source;
    return this;
  }

  /// Sets the patterns of programs that a sweep of the instance keeps.
  public InstanceRecordBuilder keep(List<String> keep) {
    this.keep = keep;
    return this;
  }

  /// Sets what a watcher has to know; null, the default, if `sexton run` did not start the owner.
  public InstanceRecordBuilder run(@Nullable RunTerms run) {
    this.run = run;
    return this;
  }

  /// Returns the record.
  public InstanceRecord build() {
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
        started,
        written,
        containers,
        processes,
        invalidProcesses,
        tombstone,
        surroundings,
        source,
        keep,
        run);
  }
}
