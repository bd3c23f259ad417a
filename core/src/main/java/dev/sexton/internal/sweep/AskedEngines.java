package dev.sexton.internal.sweep;

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

/// The engines that a sweep or a list asks about instances: those of the sweeper, and those that
/// the records of the instances name. A record is trusted in this only if it belongs to the
/// sweeper's own user, because connecting to an engine may use the user's keys.
///
/// @param all the engines; those with the same name count as one
/// @param named the engines that only records name, with the UUIDs of their instances
/// @param refused the instances whose engine is not asked, with the reason
record AskedEngines(
    List<ResourceProvider> all,
    Map<ResourceProvider, Set<String>> named,
    Map<ObservedInstance, String> refused) {
  private static final String REFUSAL =
      "the engine that its record names is asked only for its own user's instances; sweep as the"
          + " user who owns the record";

  static AskedEngines about(List<ObservedInstance> instances, Ports ports, SweepRequest request) {
    AskedEngines asked =
        new AskedEngines(
            new ArrayList<>(ports.providers()), new LinkedHashMap<>(), new LinkedHashMap<>());
    OwnRecords own = null;
    for (ObservedInstance instance : instances) {
      RunTerms terms = termsToFollow(instance);
      if (terms == null) {
        continue;
      }
      own = own == null ? new OwnRecords(ports.processes()) : own;
      if (own.isOwn(instance.user())) {
        asked.add(instance.instanceId(), request.engines().of(terms));
      } else if (request.engines().leadsElsewhere(terms)) {
        asked.refused.put(instance, REFUSAL);
      }
    }
    return asked;
  }

  /// Returns the terms that may lead to another engine with containers of an instance; null if it
  /// has none there.
  static @Nullable RunTerms termsToFollow(ObservedInstance instance) {
    RunTerms terms = instance.record().run();
    ContainerUse use = instance.record().containers();
    return terms != null
            && (use == ContainerUse.USED || (use == ContainerUse.UNKNOWN && terms.namesEngine()))
        ? terms
        : null;
  }

  private void add(String instanceId, List<ResourceProvider> engines) {
    for (ResourceProvider engine : engines) {
      ResourceProvider known =
          all.stream().filter(one -> one.name().equals(engine.name())).findFirst().orElse(null);
      if (known == null) {
        all.add(engine);
        named.put(engine, new HashSet<>());
      }
      Set<String> its = named.get(known == null ? engine : known);
      if (its != null) {
        its.add(instanceId);
      }
    }
  }

  /// Returns whether an engine may have containers of an instance.
  boolean concerns(ResourceProvider engine, ObservedInstance instance) {
    Set<String> its = named.get(engine);
    return its == null || its.contains(instance.instanceId());
  }
}
