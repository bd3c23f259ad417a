package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.spi.ResourceProvider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The engines that a sweep asks about dead instances: those of the sweeper, and those that the
/// records of the instances name. A record is trusted in this only if it belongs to the sweeper's
/// own user, because connecting to an engine may use the user's keys.
///
/// @param all the engines; those with the same name count as one
/// @param named the engines that only records name, with the UUIDs of their instances
record AskedEngines(List<ResourceProvider> all, Map<ResourceProvider, Set<String>> named) {
  static AskedEngines about(List<ObservedInstance> instances, Ports ports, SweepRequest request) {
    Map<String, ResourceProvider> byName = new LinkedHashMap<>();
    List<ResourceProvider> all = new ArrayList<>(ports.providers());
    Map<ResourceProvider, Set<String>> named = new LinkedHashMap<>();
    User self = self(ports.processes());
    for (ObservedInstance instance : instances) {
      RunTerms terms = instance.record().run();
      User user = instance.user();
      if (terms == null
          || terms.engine().isEmpty()
          || instance.record().containers() == ContainerUse.UNUSED
          || user == null
          || self == null
          || !user.sameAs(self)) {
        continue;
      }
      if (byName.isEmpty()) {
        all.forEach(engine -> byName.putIfAbsent(engine.name(), engine));
      }
      for (ResourceProvider engine : request.engines().of(terms)) {
        ResourceProvider known = byName.putIfAbsent(engine.name(), engine);
        if (known == null) {
          all.add(engine);
          named.put(engine, new HashSet<>());
        }
        Set<String> its = named.get(known == null ? engine : known);
        if (its != null) {
          its.add(instance.instanceId());
        }
      }
    }
    return new AskedEngines(all, named);
  }

  private static @Nullable User self(ProcessReader processes) {
    return processes.find(processes.self()) instanceof ProcessLookup.Present present
        ? processes.user(present.process())
        : null;
  }

  /// Returns whether an engine may have containers of an instance.
  boolean concerns(ResourceProvider engine, ObservedInstance instance) {
    Set<String> its = named.get(engine);
    return its == null || its.contains(instance.instanceId());
  }
}
