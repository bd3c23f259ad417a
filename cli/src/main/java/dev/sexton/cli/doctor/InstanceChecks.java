package dev.sexton.cli.doctor;

import dev.sexton.InstanceInfo;
import dev.sexton.Inventory;
import dev.sexton.Inventory.Stray;
import dev.sexton.Liveness;
import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.SweepReport.UnclaimedProcess;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.Warnings;
import dev.sexton.internal.doctor.DirectoryFacts;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// Checks for things in state directories and engines that a person should look at.
final class InstanceChecks {
  private InstanceChecks() {}

  static void add(List<Check> checks, Inventory inventory) {
    counts(checks, inventory.instances());
    for (InstanceInfo item : inventory.instances()) {
      if (item.liveness() == Liveness.UNKNOWN) {
        checks.add(
            Check.warning(
                "unknown instance",
                item.instanceId() + " (" + item.application() + "): " + item.reason(),
                "if it is dead: sexton sweep --instance " + item.instanceId() + " --assume-dead"));
      }
    }
    strays(checks, inventory.strays());
    for (Problem problem : inventory.problems()) {
      if (!Files.isDirectory(problem.path())) { // Directories are checked elsewhere.
        checks.add(
            Check.warning(
                "unreadable record",
                problem.text(),
                "correct or remove it; a sweep sets aside files that are not records"));
      }
    }
    for (Unclaimed one : inventory.unclaimed()) {
      checks.add(
          Check.warning(
              "unclaimed " + one.kind().word(),
              one.name() + " (" + Warnings.which(one) + "): " + one.reason(),
              one instanceof UnclaimedProcess process
                  ? "if you do not need it: kill " + process.pid()
                  : "if it is not needed, remove it with the engine's own command"));
    }
  }

  private static void counts(List<Check> checks, List<InstanceInfo> items) {
    int alive = 0;
    int dead = 0;
    InstanceInfo failing = null;
    for (InstanceInfo item : items) {
      alive += item.liveness() == Liveness.ALIVE ? 1 : 0;
      if (item.liveness() == Liveness.DEAD) {
        dead++;
        failing = item.failedSweeps() == null ? failing : item;
      }
    }
    String detail = alive + " alive, " + dead + " dead";
    if (failing != null && failing.failedSweeps() != null) {
      checks.add(
          Check.warning(
              "instances",
              detail
                  + "; "
                  + HumanFormat.shortUuid(failing.instanceId())
                  + " could not be finished in "
                  + HumanFormat.count(failing.failedSweeps().attempts(), "sweep")
                  + ": "
                  + failing.failedSweeps().lastError(),
              "fix this, then run sexton sweep"));
    } else if (dead > 0) {
      checks.add(Check.warning("instances", detail, "sexton sweep"));
    } else {
      checks.add(Check.ok("instances", detail));
    }
  }

  private static void strays(List<Check> checks, List<Stray> strays) {
    List<Stray> leftovers = new ArrayList<>();
    List<Stray> foreign = new ArrayList<>();
    for (Stray stray : strays) {
      if (DirectoryFacts.isForeign(stray.path())) {
        foreign.add(stray);
      } else if (stray.setAside()) {
        checks.add(
            Check.warning(
                "set-aside file",
                stray.path() + " could not be read as a record",
                "check whether its content is still needed, then remove it"));
      } else {
        leftovers.add(stray);
      }
    }
    if (!foreign.isEmpty()) {
      checks.add(
          Check.warning(
              "other files",
              HumanFormat.count(foreign.size(), "file")
                  + " not made by Sexton, such as "
                  + foreign.getFirst().path()
                  + ": left alone",
              "move them away, or name the right directory with --state-dir"));
    }
    if (leftovers.isEmpty()) {
      return;
    }
    checks.add(
        Check.warning(
            "leftover files",
            HumanFormat.count(leftovers.size(), "file")
                + " without a record, such as "
                + leftovers.getFirst().path(),
            "run sexton sweep: it removes those that no instance needs any more"));
  }
}
