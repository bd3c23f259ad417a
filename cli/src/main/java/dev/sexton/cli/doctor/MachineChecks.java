package dev.sexton.cli.doctor;

import dev.sexton.StateScope;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.internal.doctor.MachineFacts;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks Java, the process table and the machine's identity.
final class MachineChecks {
  private MachineChecks() {}

  static void add(List<Check> checks, MachineFacts machine, StateScope scope) {
    checks.add(
        Check.ok(
            "java",
            System.getProperty("java.vm.version") + ", " + System.getProperty("java.home")));
    if (!machine.isLinux()) {
      checks.add(
          Check.warning(
              "processes",
              "no /proc here: children whose parent has ended cannot be found by their marker",
              "sweep on Linux, where everything that a server started can be found"));
      return;
    }
    String defect = machine.defect();
    if (defect != null) {
      checks.add(
          Check.error(
              "processes",
              "no process can be judged or stopped: /proc belongs to another PID namespace",
              defect));
      return;
    }
    checks.add(visibleProcesses(machine));
    checks.add(descriptors());
    addControlGroups(checks, machine.controlGroup());
    addIdentity(checks, machine);
    addClones(checks, machine, scope);
  }

  private static Check visibleProcesses(MachineFacts machine) {
    String count = HumanFormat.count(machine.processCount(), "process");
    return machine.seesWholeMachine()
        ? Check.ok("processes", "/proc shows " + count)
        : Check.warning(
            "processes",
            "/proc shows " + count + " of this container only: servers outside it cannot be judged",
            "sweep on the machine itself, or give the container the machine's PID namespace");
  }

  private static Check descriptors() {
    return MachineFacts.hasDescriptors()
        ? Check.ok("pidfd", "signals are sent through pidfds, so they never reach a recycled PID")
        : Check.warning(
            "pidfd",
            "not available, so a process's start time is compared right before each signal",
            "use Linux 5.3 or newer, outside sandboxes that forbid it");
  }

  /// Reports whether the kernel allows this user a control group for each server. Without one, most
  /// detached processes are found as well, so this is no warning.
  private static void addControlGroups(List<Check> checks, @Nullable String above) {
    checks.add(
        Check.ok(
            "groups",
            above != null
                ? "each server that is started from here gets its own control group, below " + above
                : "servers do not get their own control groups: no cgroup v2 at /sys/fs/cgroup, or"
                    + " the group of this command belongs to another user"));
  }

  /// Reports missing parts of this machine's identity. Without them, no registered server can be
  /// compared.
  private static void addIdentity(List<Check> checks, MachineFacts machine) {
    if (!machine.hasHost()) {
      addUnreadable(
          checks,
          "this machine has no ID",
          "run systemd-machine-id-setup, which writes /etc/machine-id");
    }
    if (machine.hidesStartTimes()) {
      addUnreadable(
          checks,
          "this time namespace hides the start times of processes",
          "give it an offset in whole seconds, or run outside it");
    } else if (!machine.hasBoot()) {
      addUnreadable(
          checks,
          "the boot ID cannot be read",
          "mount /proc without subset=pid, so that /proc/sys/kernel/random/boot_id exists");
    }
    if (!machine.hasPidNamespace()) {
      addUnreadable(checks, "the PID namespace cannot be read", "permit reading /proc/self/ns/pid");
    }
    try {
      if (machine.contradictsUptime()) {
        checks.add(
            Check.error(
                "clock",
                "/proc/uptime differs from the clock of process start times, so it is not used",
                "records that other programs wrote here may have wrong times: mount /proc without"
                    + " a file system of its own over /proc/uptime (lxcfs)"));
      }
    } catch (IllegalStateException unreadable) {
      checks.add(
          Check.error("clock", String.valueOf(unreadable.getMessage()), "mount /proc in full"));
    }
  }

  private static void addUnreadable(List<Check> checks, String what, String remedy) {
    checks.add(
        Check.error(
            "identity",
            what + ", so servers cannot be compared with those registered elsewhere",
            remedy));
  }

  private static void addClones(List<Check> checks, MachineFacts machine, StateScope scope) {
    for (Path directory : machine.sharedWithClones(scope)) {
      checks.add(
          Check.error(
              "identity",
              "another running machine with the same machine ID uses "
                  + directory
                  + ": it was cloned from the same image",
              "give each machine its own ID: remove /etc/machine-id, run"
                  + " systemd-machine-id-setup, and restart"));
    }
  }
}
