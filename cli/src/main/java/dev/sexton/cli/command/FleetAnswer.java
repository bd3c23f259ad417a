package dev.sexton.cli.command;

import dev.sexton.FleetInventory;
import dev.sexton.ReportJson;
import dev.sexton.StateScope;
import dev.sexton.cli.output.CommandException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the store of a fleet has answered.
///
/// @param fleet what is in it; null if it could not be asked
/// @param problem why it could not be asked; null if it could
record FleetAnswer(@Nullable FleetInventory fleet, @Nullable String problem) {
  /// Asks the store that the environment of a scope names.
  ///
  /// @throws CommandException if it names none
  static FleetAnswer get(StateScope scope) throws CommandException {
    if (!FleetInventory.isIn(scope.environment())) {
      throw CommandException.usage(
          "--fleet needs the variable SEXTON_FLEET", "set it to etcd://HOST:PORT/NAME");
    }
    try {
      FleetInventory all = FleetInventory.look(scope.environment());
      List<FleetInventory.Instance> selected =
          all.instances().stream()
              .filter(one ->
                  scope.applications().isEmpty()
                      || scope.applications().contains(one.info().application()))
              .toList();
      return new FleetAnswer(
          new FleetInventory(all.name(), all.hosts(), selected, all.problems()), null);
    } catch (IOException unreachable) {
      return new FleetAnswer(null, String.valueOf(unreachable.getMessage()));
    }
  }

  /// Returns the value of the key `fleet`. Its key `problem` is null if the store was asked.
  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json =
        fleet == null ? new LinkedHashMap<>() : ReportJson.of(fleet);
    json.put("problem", problem);
    return json;
  }
}
