package dev.sexton.cli.command;

import dev.sexton.FleetInventory;
import dev.sexton.InstanceInfo;
import dev.sexton.Inventory;
import dev.sexton.Liveness;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.StyledPrinter;
import dev.sexton.cli.output.Table;
import dev.sexton.cli.output.Table.Cell;
import dev.sexton.cli.output.Warnings;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Prints what the store of a fleet has, for a person.
final class FleetText {
  private FleetText() {}

  /// Prints the instances that the list of this machine does not have.
  static void print(Io io, FleetAnswer answer, Inventory here, boolean quiet) {
    FleetInventory fleet = answer.fleet();
    if (fleet == null) {
      io.out().flush();
      Warnings.warn(io.notes(), "the fleet cannot be asked: " + answer.problem());
      return;
    }
    Set<String> shown =
        here.instances().stream().map(InstanceInfo::instanceId).collect(Collectors.toSet());
    List<FleetInventory.Instance> others =
        fleet.instances().stream().filter(one -> !shown.contains(one.info().instanceId())).toList();
    if (!others.isEmpty()) {
      Instant now = Instant.now();
      Table table = new Table(0, 7).limit(2, 24).limit(3, 24);
      table.heading("INSTANCE", "APPLICATION", "HOST", "NAME", "OWNER", "AGE", "STATE");
      for (FleetInventory.Instance one : others) {
        InstanceInfo info = one.info();
        table.row(info.liveness() == Liveness.ALIVE ? null : info.reason(), row(one, now));
      }
      table.print(io.screen());
    }
    if (!quiet) {
      io.out().flush();
      StyledPrinter notes = io.notes();
      notes.line(footer(fleet, others.size()));
      fleet.problems().forEach(problem -> Warnings.warn(notes, problem));
    }
  }

  private static List<Cell> row(FleetInventory.Instance one, Instant now) {
    InstanceInfo info = one.info();
    return List.of(
        Cell.of(HumanFormat.shortUuid(info.instanceId())),
        Cell.of(info.application()),
        Cell.of(one.hostName()),
        Cell.of(info.name()),
        Cell.of(info.owner().pid() == 0 ? "" : Long.toString(info.owner().pid())),
        Cell.of(HumanFormat.age(info.owner().started(), now)),
        ListText.state(info.liveness()));
  }

  private static String footer(FleetInventory fleet, int others) {
    return "fleet "
        + fleet.name()
        + ": "
        + HumanFormat.count(fleet.hosts().size(), "watcher")
        + ", "
        + HumanFormat.count(others, "instance")
        + " elsewhere; each is swept on its own host only";
  }
}
