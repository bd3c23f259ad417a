package dev.sexton.internal.doctor;

import dev.sexton.StateScope;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.LinuxControlGroups;
import dev.sexton.internal.process.LinuxProcessTable;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.MachineClones;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known about this machine, its process table and its identity. Each method looks anew.
public final class MachineFacts {
  private final ProcessTable processes = Platform.processes(false);
  private final Machine machine = processes.machine();

  /// Returns the process table of Linux; null if there is no `/proc`.
  private @Nullable LinuxProcessTable linux() {
    return processes instanceof LinuxProcessTable table ? table : null;
  }

  /// Returns whether the processes of this machine are found in `/proc`.
  public boolean isLinux() {
    return linux() != null;
  }

  /// Returns why no process can be judged or stopped, with the remedy; null if processes can be.
  public @Nullable String defect() {
    return processes.defect();
  }

  /// Returns the number of processes.
  public int processCount() {
    return processes.snapshot().all().size();
  }

  /// Returns whether all processes of the machine are seen, and not only those of a container.
  public boolean seesWholeMachine() {
    return processes.seesWholeMachine();
  }

  /// Returns whether processes can be held by descriptors.
  public static boolean hasDescriptors() {
    return LinuxProcessTable.hasDescriptors();
  }

  /// Returns the control group below which servers get their own; null if they get none.
  public @Nullable String controlGroup() {
    return LinuxControlGroups.whereGroupsCanBe(processes.self());
  }

  /// Returns whether the machine has an ID.
  public boolean hasHost() {
    return !machine.host().isEmpty();
  }

  /// Returns whether the boot has an ID.
  public boolean hasBoot() {
    return !machine.boot().isEmpty();
  }

  /// Returns whether the PID namespace is known.
  public boolean hasPidNamespace() {
    return !machine.pidNamespace().isEmpty();
  }

  /// Returns whether the time namespace hides when processes started.
  public boolean hidesStartTimes() {
    LinuxProcessTable table = linux();
    return table != null && table.hidesStartTimes();
  }

  /// Returns whether `/proc/uptime` is not the clock by which processes start.
  ///
  /// @throws IllegalStateException if it cannot be read
  public boolean contradictsUptime() {
    LinuxProcessTable table = linux();
    return table != null && table.contradictsUptime();
  }

  /// Returns the state directories of a scope that another running machine with the same ID uses.
  public List<Path> sharedWithClones(StateScope scope) {
    return StateDirectories.in(scope).stream()
        .filter(directory -> MachineClones.use(directory, processes))
        .map(FileStateDirectory::path)
        .toList();
  }

  /// Returns whether a process is running that has this PID and start time.
  ///
  /// @param start in the unit of the process table
  public boolean isRunning(long pid, long start) {
    return processes.find(pid) instanceof ProcessLookup.Present present
        && present.process().isAlive()
        && present.process().start().equals(time(start));
  }

  /// Returns the command line of a process, as `ps` shows it; empty if it cannot be read.
  public String command(long pid) {
    return processes.command(pid);
  }

  /// Returns the moment of a start time in the unit of the process table.
  public Instant startedAt(long start) {
    return processes.startedAt(time(start));
  }

  private StartTime time(long start) {
    return new StartTime(start, processes.machine().unit());
  }
}
