package dev.sexton.internal.instance;

import com.google.gson.JsonObject;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The record of an instance whose owner is another process, one that knows nothing of it: so nobody
 * holds a lock for it, and it is judged by the owner's identity. It tracks nothing; what the owner
 * makes is found by its mark, its session and its labels.
 */
public final class OthersRecord {
  private final StateDirectory directory;
  private final ProcessTable processes;
  private InstanceRecord record;

  private OthersRecord(StateDirectory directory, ProcessTable processes, InstanceRecord record) {
    this.directory = directory;
    this.processes = processes;
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
            new JsonObject());
    OthersRecord registered = new OthersRecord(directory, processes, record);
    directory.create();
    registered.write();
    return registered;
  }

  private void write() throws IOException {
    directory.replace(fileName(), RecordWriter.write(record));
  }

  /** What it says. */
  public InstanceRecord record() {
    return record;
  }

  /**
   * Notes who is in the owner's session. To be called at the moment of the owner's death: whoever
   * is in it then came there through the owner, for the kernel gives the session's number to nobody
   * else while it has a member. A sweep goes by when the record was last written.
   */
  public void noteSession() throws IOException {
    if (exists() && !processes.snapshot().sessionOf(record.pid()).isEmpty()) {
      record =
          record.rewritten(
              processes.now(),
              record.usesContainers(),
              record.processes(),
              record.tombstone(),
              record.source());
      write();
    }
  }

  /** Whether it is still there. */
  public boolean exists() {
    return directory.modified(fileName()) != null;
  }

  /** Removes it, of an owner that never came to anything. */
  public void unregister() throws IOException {
    directory.delete(fileName());
  }

  private String fileName() {
    return StateDirectory.recordOf(record.instanceId());
  }
}
