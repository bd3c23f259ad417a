package dev.sexton.cli.command;

import dev.sexton.HeldResource;
import dev.sexton.HeldResource.State;
import dev.sexton.InstanceInfo;
import dev.sexton.Inventory;
import dev.sexton.Liveness;
import dev.sexton.ResourceKind;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.StyledPrinter;
import dev.sexton.cli.output.StyledPrinter.Style;
import dev.sexton.cli.output.Table;
import dev.sexton.cli.output.Table.Cell;
import dev.sexton.cli.output.Warnings;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prints the result of `list` for a person.
final class ListText {
  private ListText() {}

  static void print(Io io, Inventory inventory, boolean quiet) {
    Instant now = Instant.now();
    if (!inventory.instances().isEmpty()) {
      Table table = new Table(0, 8).limit(2, 24).right(7);
      table.heading("INSTANCE", "APPLICATION", "NAME", "OWNER", "AGE", "STATE", "HOLDS", "MEMORY");
      for (InstanceInfo instance : inventory.instances()) {
        table.row(explanation(instance), row(instance, now));
      }
      table.print(io.screen());
    }
    if (!quiet) {
      StyledPrinter notes = io.notes();
      io.out().flush();
      footer(notes, inventory);
      Warnings.unclaimed(notes, inventory.unclaimed());
      Warnings.problems(notes, inventory.problems());
      inventory.engineFailures().forEach(failure -> Warnings.warn(notes, failure));
    }
  }

  private static List<Cell> row(InstanceInfo instance, Instant now) {
    return List.of(
        Cell.of(HumanFormat.shortUuid(instance.instanceId())),
        Cell.of(instance.application()),
        Cell.of(instance.name()),
        Cell.of(instance.owner().pid() == 0 ? "" : Long.toString(instance.owner().pid())),
        Cell.of(HumanFormat.age(instance.owner().started(), now)),
        state(instance.liveness()),
        Cell.of(holds(instance.resources())),
        Cell.of(HumanFormat.bytes(instance.residentBytes())));
  }

  /// Returns the cell with a state.
  static Cell state(Liveness liveness) {
    return switch (liveness) {
      case ALIVE -> new Cell("alive", Style.GOOD);
      case DEAD -> new Cell("dead", Style.BAD);
      case UNKNOWN -> new Cell("unknown", Style.WARNING);
    };
  }

  private static @Nullable String explanation(InstanceInfo instance) {
    if (instance.liveness() == Liveness.ALIVE) {
      return null;
    }
    InstanceInfo.FailedSweeps failed = instance.failedSweeps();
    if (failed == null) {
      return instance.reason();
    }
    return instance.reason()
        + "; "
        + HumanFormat.count(failed.attempts(), "sweep")
        + " could not finish: "
        + failed.lastError();
  }

  /// Returns, for example, `2 processes, 1 container`: the resources that exist.
  private static String holds(List<HeldResource> resources) {
    StringBuilder text = new StringBuilder();
    for (ResourceKind kind : ResourceKind.values()) {
      int count = 0;
      for (HeldResource resource : resources) {
        if (resource.kind() == kind && resource.status().state() == State.RUNNING) {
          count++;
        }
      }
      if (count > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(HumanFormat.count(count, kind.word()));
      }
    }
    return text.toString();
  }

  private static void footer(StyledPrinter notes, Inventory inventory) {
    int dead = 0;
    long bytes = 0;
    int unknown = 0;
    for (InstanceInfo instance : inventory.instances()) {
      if (instance.liveness() == Liveness.DEAD) {
        dead++;
        bytes += instance.residentBytes();
      } else if (instance.liveness() == Liveness.UNKNOWN) {
        unknown++;
      }
    }
    if (inventory.instances().isEmpty()) {
      notes.line("no instances");
    }
    if (dead > 0) {
      String effect = bytes == 0 ? "would clean up" : "would free " + HumanFormat.bytes(bytes);
      notes.line(dead + " dead: `sexton sweep` " + effect);
    }
    if (unknown > 0) {
      notes.line(
          unknown
              + " unknown: left alone; `sexton sweep --instance UUID --assume-dead` if you know"
              + " that one is dead");
    }
  }
}
