package dev.sexton.cli;

import dev.sexton.internal.process.LinuxProcessTable;
import dev.sexton.internal.process.ProcessTable;
import java.util.List;

/** Java and the process table. */
final class MachineChecks {
  private MachineChecks() {}

  static void add(List<Check> checks, ProcessTable processes) {
    checks.add(
        Check.ok(
            "java",
            System.getProperty("java.vm.version") + ", " + System.getProperty("java.home")));
    if (!(processes instanceof LinuxProcessTable)) {
      checks.add(
          Check.warning(
              "processes",
              "there is no /proc: children whose parent has ended cannot be found by their mark",
              "sweep on Linux, where everything that a server started is found"));
      return;
    }
    int count = processes.snapshot().all().size();
    if (processes.seesWholeMachine()) {
      checks.add(Check.ok("processes", "/proc shows " + Words.count(count, "process")));
    } else {
      checks.add(
          Check.warning(
              "processes",
              "/proc shows "
                  + Words.count(count, "process")
                  + " of this container only: servers outside of it cannot be judged",
              "sweep on the machine itself, or give the container the machine's PID namespace"));
    }
    checks.add(
        LinuxProcessTable.hasDescriptors()
            ? Check.ok("pidfd", "processes can be held while they are stopped")
            : Check.warning(
                "pidfd",
                "not available, so a process is compared by its start time right before a signal",
                "Linux 5.3 or newer has it, unless a sandbox forbids it"));
  }
}
