package dev.sexton.internal.instance;

import com.google.gson.JsonObject;
import dev.sexton.RecordException;
import dev.sexton.internal.liveness.PastBoots;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.record.OwnerSurroundings;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.KeepSource;
import dev.sexton.internal.sweep.OwnerTree;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The record of an instance whose owner is another process, one that knows nothing of it: so nobody
 * holds a lock for it, and it is judged by the owner's identity. It tracks nothing; what the owner
 * makes is found by its mark, its session and its labels.
 */
public final class OthersRecord {
  private final StateDirectory directory;
  private final InstanceRecord record;

  private OthersRecord(StateDirectory directory, InstanceRecord record) {
    this.directory = directory;
    this.record = record;
  }

  /**
   * Writes the record.
   *
   * @param owner the process that the instance lives and dies with
   * @param command what a person is told that it runs
   * @param usesContainers whether it makes labelled containers; null if it may, in an engine that
   *     may not be there to be asked
   * @throws IOException if it cannot be written
   */
  public static OthersRecord register(
      StateDirectory directory,
      ProcessTable processes,
      ProcessInfo owner,
      String instanceId,
      String name,
      String command,
      @Nullable Boolean usesContainers)
      throws IOException {
    return register(
        directory, processes, owner, instanceId, name, command, usesContainers, List.of());
  }

  /// The same with patterns of programs that a sweep of the instance keeps.
  ///
  /// @throws IOException if it cannot be written
  public static OthersRecord register(
      StateDirectory directory,
      ProcessTable processes,
      ProcessInfo owner,
      String instanceId,
      String name,
      String command,
      @Nullable Boolean usesContainers,
      List<String> keep)
      throws IOException {
    long now = processes.now();
    InstanceRecord record =
        new InstanceRecord(
            instanceId,
            owner.pid(),
            processes.wallClock().toString(),
            InstanceRecord.SCHEMA,
            directory.application(),
            name,
            command,
            new ProcessIdentity(processes.machine(), owner.pid(), owner.start()),
            false,
            now,
            now,
            usesContainers,
            Map.of(),
            Map.of(),
            null,
            // It gets our mark instead of the one that its parent has, and no SEXTON_KEEP.
            new OwnerSurroundings(processes.systemdUnit(owner.pid()), "", false),
            new JsonObject(),
            keep);
    directory.create();
    PastBoots.note(directory, processes);
    directory.replace(StateDirectory.recordOf(instanceId), RecordWriter.write(record));
    return new OthersRecord(directory, record);
  }

  /** What it says. */
  public InstanceRecord record() {
    return record;
  }

  /// Puts a record in place again that somebody removed while its owner lived. Another sweep may
  /// also have removed it rightly, after the owner's death: then the next one finds nothing to do.
  ///
  /// @param content the record as it was written
  /// @throws IOException if it cannot be written
  public static void restore(StateDirectory directory, String instanceId, byte[] content)
      throws IOException {
    String name = StateDirectory.recordOf(instanceId);
    if (directory.modified(name) == null) {
      directory.create();
      directory.replace(name, content);
    }
  }

  /// Notes which processes are below the owner, before it is asked to end: they may lose every
  /// other sign of belonging to it by then. Sweeps take them for found, not for named by the
  /// instance.
  ///
  /// @param directory where the record is; nothing is done if it is not, or cannot be read
  /// @param owner the process that it was registered for, which is still there
  /// @param keep tells which programs are kept, with all that is below them
  /// @throws IOException if it cannot be written
  public static void noteDescendants(
      StateDirectory directory,
      ProcessTable processes,
      String instanceId,
      ProcessInfo owner,
      KeepSource keep)
      throws IOException {
    change(
        directory,
        instanceId,
        owner,
        record -> {
          List<ProcessInfo> below = OwnerTree.below(processes, owner, record, keep);
          Map<String, TrackedProcess> noted = new LinkedHashMap<>(record.processes());
          for (ProcessInfo process : below) {
            noted.put(
                InstanceRecord.DESCENDANT + " " + process.pid(),
                new TrackedProcess(
                    process.pid(),
                    new ProcessIdentity(processes.machine(), process.pid(), process.start()),
                    "",
                    processes.command(process.pid())));
          }
          return below.isEmpty() ? record : rewritten(record, record.writtenUnits(), noted);
        });
  }

  /**
   * Notes that who is in the session of the owner, which has ended, came there through it; a sweep
   * goes by when the record was last written. Only if one of them was born while the owner held the
   * session's number: the kernel gives it to nobody else while it has a member, and nobody moves
   * into a session that there is.
   *
   * @param directory where the record is; nothing is done if it is not, or cannot be read
   * @param owner the process that it was registered for
   * @param held when the owner was last known to have its number, in units of the table
   * @throws IOException if it cannot be written
   */
  public static void noteSession(
      StateDirectory directory,
      ProcessTable processes,
      String instanceId,
      ProcessInfo owner,
      long held)
      throws IOException {
    ProcessSnapshot now = processes.snapshot();
    ProcessInfo leader = now.find(owner.pid());
    boolean ledByAnother = leader != null && !leader.sameAs(owner);
    if (!ledByAnother
        && now.sessionOf(owner.pid()).stream().anyMatch(member -> member.start() <= held)) {
      change(
          directory,
          instanceId,
          owner,
          record ->
              record.writtenUnits() < held ? rewritten(record, held, record.processes()) : record);
    }
  }

  private static InstanceRecord rewritten(
      InstanceRecord record, long units, Map<String, TrackedProcess> processes) {
    return record.rewritten(
        units, record.usesContainers(), processes, record.tombstone(), record.source());
  }

  private static void change(
      StateDirectory directory,
      String instanceId,
      ProcessInfo owner,
      UnaryOperator<InstanceRecord> change)
      throws IOException {
    String name = StateDirectory.recordOf(instanceId);
    InstanceRecord record;
    try {
      record = directory.read(name).record(name);
    } catch (RecordException sweptOrSpoilt) {
      return;
    }
    InstanceRecord changed = record.pid() == owner.pid() ? change.apply(record) : record;
    if (!changed.equals(record)) {
      directory.replace(name, RecordWriter.write(changed));
    }
  }

  /** Removes it, of an owner that never came to anything. */
  public void unregister() throws IOException {
    directory.delete(StateDirectory.recordOf(record.instanceId()));
  }
}
