package dev.sexton.cli;

import com.google.gson.stream.JsonWriter;
import dev.sexton.InstanceReport;
import dev.sexton.Outcome;
import dev.sexton.cli.StyledPrinter.Style;
import dev.sexton.internal.sweep.InstanceStopper;
import dev.sexton.internal.sweep.Inventory;
import java.io.IOException;

/// Prints the result of stopping a server.
final class StopOutput {
  private StopOutput() {}

  static void print(Io io, Inventory.Item item, InstanceStopper.Result result) {
    StyledPrinter screen = io.screen();
    screen
        .add(HumanFormat.shortUuid(item.instanceId()))
        .space(2)
        .add(TerminalText.cut(item.application(), 40))
        .add(item.name().isEmpty() ? "" : " " + TerminalText.cut(item.name(), 60))
        .add(": ");
    if (!result.reason().isEmpty()) {
      boolean gone = result.owner() == Outcome.GONE;
      screen
          .add(gone ? Style.FAINT : Style.BAD, gone ? "was gone" : "not stopped")
          .add(": " + TerminalText.cut(result.reason(), 400))
          .end();
      io.out().flush();
      return;
    }
    screen
        .add(result.owner() == Outcome.KILLED ? Style.WARNING : Style.GOOD, owner(result.owner()))
        .add(" in " + HumanFormat.millis(result.millis()))
        .end();
    InstanceReport swept = result.swept();
    if (swept != null) {
      SweepText.resources(screen, swept);
    }
    if (!result.rest().isEmpty() && result.left() == 0) {
      screen
          .add(Style.BAD, "something of it may be left")
          .add(": " + TerminalText.cut(result.rest(), 400))
          .end();
    }
    io.out().flush();
  }

  private static String owner(Outcome outcome) {
    return switch (outcome) {
      case STOPPED -> "stopped";
      case KILLED -> "killed, for it ignored SIGTERM";
      default -> "was dead, and is swept";
    };
  }

  static void write(JsonWriter json, Inventory.Item item, InstanceStopper.Result result)
      throws IOException {
    json.name("version").value(Version.TEXT);
    json.name("instance_id").value(item.instanceId());
    json.name("application").value(item.application());
    json.name("state_dir").value(item.stateDirectory().toString());
    json.name("pid").value(item.pid());
    json.name("name").value(item.name());
    json.name("owner").value(result.owner().name());
    json.name("reason").value(result.reason());
    json.name("resources").beginArray();
    InstanceReport swept = result.swept();
    if (swept != null) {
      SweepJson.resources(json, swept);
    }
    json.endArray();
    json.name("left").value(result.left());
    json.name("rest").value(result.rest());
    json.name("millis").value(result.millis());
  }
}
