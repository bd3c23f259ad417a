package dev.sexton.internal.instance;

import dev.sexton.internal.liveness.PastBoots;
import dev.sexton.internal.process.ControlGroups;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.OwnerSurroundings;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.JournalReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The record of an instance whose owner is another process that does not know of it. Therefore no
/// process holds a lock for the instance, and it is judged by the owner's identity. It tracks
/// nothing. What the owner creates is found by its marker, its session and its labels.
public final class ForeignInstance {
  private final StateDirectory directory;
  private final InstanceRecord record;

  private ForeignInstance(StateDirectory directory, InstanceRecord record) {
    this.directory = directory;
    this.record = record;
  }

  /// What a record says of a server that was started by something other than itself.
  ///
  /// @param command the command that is shown to people
  /// @param containers whether it creates labelled containers
  /// @param run what a watcher must know
  public record ServerDetails(String command, ContainerUse containers, RunTerms run) {}

  /// Writes the record.
  ///
  /// @param owner the owner process: the instance lives exactly as long as this process
  /// @throws IOException if the record cannot be written
  public static ForeignInstance register(
      StateDirectory directory,
      ProcessTable processes,
      ProcessInfo owner,
      InstanceDescription description,
      ServerDetails server)
      throws IOException {
    String instanceId = description.instanceId();
    StartTime now = processes.now();
    InstanceRecord record =
        InstanceRecord.builder(instanceId, owner.pid(), processes.wallClock().toString())
            .application(directory.application())
            .name(description.name())
            .command(server.command())
            .owner(new ProcessIdentity(processes.machine(), owner.pid(), owner.start()), false)
            .started(now)
            .written(now)
            .containers(server.containers())
            .surroundings(surroundings(processes, instanceId, owner.pid()))
            .keep(description.keep())
            .run(server.run())
            .build();
    directory.create();
    PastBoots.note(directory, processes);
    directory.replace(StateDirectory.recordOf(instanceId), RecordWriter.write(record));
    return new ForeignInstance(directory, record);
  }

  /// Returns where the owner runs. It gets our marker instead of its parent's, and no
  /// `SEXTON_KEEP`.
  private static OwnerSurroundings surroundings(
      ProcessTable processes, String instanceId, long owner) {
    return new OwnerSurroundings(
        processes.systemdUnit(owner),
        "",
        false,
        groupAround(processes.controlGroups(), instanceId, owner));
  }

  /// Creates a control group for the instance and moves its owner there.
  private static @Nullable String groupAround(ControlGroups groups, String instanceId, long owner) {
    String group = groups.create(instanceId, owner);
    if (group != null && !groups.enter(group, owner)) {
      groups.remove(group);
      return null;
    }
    return group;
  }

  /// Returns the state directory that has the record.
  public StateDirectory directory() {
    return directory;
  }

  /// Returns the record.
  public InstanceRecord record() {
    return record;
  }

  /// Restores a record that was removed while its owner lived. Another sweep may also have removed
  /// it correctly, after the owner's death. Then the next sweep finds nothing to do.
  ///
  /// @param content the record as it was written
  /// @throws IOException if the record cannot be written
  public static void restore(StateDirectory directory, String instanceId, byte[] content)
      throws IOException {
    String name = StateDirectory.recordOf(instanceId);
    if (directory.modified(name) == null && !JournalReader.isSwept(directory, instanceId)) {
      directory.create();
      directory.replace(name, content);
    }
  }

  /// Removes the record of an owner that never started properly.
  public void unregister() throws IOException {
    directory.delete(StateDirectory.recordOf(record.instanceId()));
  }
}
