package dev.sexton.internal.fleet;

import dev.sexton.InstanceInfo;
import dev.sexton.Liveness;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.StartUnit;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// Makes what watchers publish.
final class Published {
  private Published() {}

  static FleetHost host(String name) {
    return new FleetHost(
        UUID.randomUUID().toString(),
        name,
        "user",
        new Machine("id-of-" + name, "boot", "pid:[1]", StartUnit.TICKS));
  }

  static String id(int number) {
    return "00000000-0000-4000-8000-%012d".formatted(number);
  }

  static FleetInstance instance(FleetHost host, int number, Liveness liveness) {
    return new FleetInstance(
        host,
        new InstanceInfo.Identity(id(number), "mcp", Path.of("/state/mcp")),
        new InstanceInfo.Owner(number, "2026-11-28T10:00:00Z", "server " + number, "", true),
        new InstanceInfo.State(liveness, "why"));
  }

  static Map<String, FleetInstance> instances(FleetHost host, Liveness liveness, int... numbers) {
    Map<String, FleetInstance> all = new HashMap<>();
    for (int number : numbers) {
      all.put(id(number), instance(host, number, liveness));
    }
    return all;
  }
}
