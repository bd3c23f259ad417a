package dev.sexton.cli;

import dev.sexton.Liveness;
import dev.sexton.ResourceKind;
import dev.sexton.cli.StyledPrinter.Style;
import dev.sexton.cli.Table.Cell;
import dev.sexton.internal.sweep.Inventory;
import dev.sexton.internal.sweep.Inventory.Holding;
import dev.sexton.internal.sweep.Inventory.Item;
import dev.sexton.internal.sweep.Inventory.State;
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
      for (Item item : inventory.instances()) {
        table.row(explanation(item), row(item, now));
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

  private static List<Cell> row(Item item, Instant now) {
    return List.of(
        Cell.of(HumanFormat.shortUuid(item.instanceId())),
        Cell.of(item.application()),
        Cell.of(item.name()),
        Cell.of(item.pid() == 0 ? "" : Long.toString(item.pid())),
        Cell.of(HumanFormat.age(item.started(), now)),
        state(item.liveness()),
        Cell.of(holds(item.holdings())),
        Cell.of(HumanFormat.bytes(memory(item))));
  }

  private static Cell state(Liveness liveness) {
    return switch (liveness) {
      case ALIVE -> new Cell("alive", Style.GOOD);
      case DEAD -> new Cell("dead", Style.BAD);
      case UNKNOWN -> new Cell("unknown", Style.WARNING);
    };
  }

  private static @Nullable String explanation(Item item) {
    if (item.liveness() == Liveness.ALIVE) {
      return null;
    }
    Inventory.Tombstone tombstone = item.tombstone();
    if (tombstone == null) {
      return item.reason();
    }
    return item.reason()
        + "; "
        + HumanFormat.count(tombstone.attempts(), "sweep")
        + " could not finish: "
        + tombstone.lastError();
  }

  /// Returns, for example, `2 processes, 1 container`: the resources that exist.
  private static String holds(List<Holding> holdings) {
    StringBuilder text = new StringBuilder();
    for (ResourceKind kind : ResourceKind.values()) {
      int count = 0;
      for (Holding holding : holdings) {
        if (holding.kind() == kind && holding.state() == State.RUNNING) {
          count++;
        }
      }
      if (count > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(HumanFormat.count(count, kind.word()));
      }
    }
    return text.toString();
  }

  private static long memory(Item item) {
    long bytes = 0;
    for (Holding holding : item.holdings()) {
      bytes += holding.residentBytes();
    }
    return bytes;
  }

  private static void footer(StyledPrinter notes, Inventory inventory) {
    int dead = 0;
    long bytes = 0;
    int unknown = 0;
    for (Item item : inventory.instances()) {
      if (item.liveness() == Liveness.DEAD) {
        dead++;
        bytes += memory(item);
      } else if (item.liveness() == Liveness.UNKNOWN) {
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
