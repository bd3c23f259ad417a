package dev.sexton.internal.sweep;

import dev.sexton.RecordException;
import dev.sexton.internal.liveness.PastBoots;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;

/// Detects another running machine with this machine's ID. Machines made from one image share it.
public final class MachineClones {
  private MachineClones() {}

  /// Returns whether such a machine wrote to a state directory while this one was running.
  public static boolean use(StateDirectory directory, ProcessReader processes) {
    Machine here = processes.machine();
    PastBoots boots = PastBoots.of(directory, processes);
    if (boots.isContradicted(here)) {
      return true;
    }
    try {
      for (String name : directory.list()) {
        if (StateDirectory.instanceOf(name) != null && isOfAClone(directory, name, here, boots)) {
          return true;
        }
      }
    } catch (IOException unreadable) {
      return false; // Reported for the directory itself.
    }
    return false;
  }

  private static boolean isOfAClone(
      StateDirectory directory, String name, Machine here, PastBoots boots) {
    try {
      StateDirectory.Content content = directory.read(name);
      InstanceRecord record = content.record(name);
      ProcessIdentity owner = record.owner();
      return owner != null
          && !here.boot().isEmpty()
          && !owner.machine().boot().isEmpty()
          && owner.machine().host().equals(here.host())
          && !owner.machine().boot().equals(here.boot())
          && boots.isDuringThisBoot(record.ownerWrote(content.modified()));
    } catch (RecordException unreadable) {
      return false;
    }
  }
}
