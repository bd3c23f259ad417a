package dev.sexton;

import dev.sexton.internal.fleet.EtcdFleet;
import dev.sexton.internal.fleet.Fleet;
import dev.sexton.internal.fleet.FleetHost;
import dev.sexton.internal.fleet.FleetInstance;
import dev.sexton.internal.fleet.FleetRules;
import dev.sexton.internal.fleet.FleetSettings;
import dev.sexton.internal.liveness.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// What the watchers of several machines have published in the store that `SEXTON_FLEET` names. It
/// is for showing: no sweep acts on it. Immutable.
///
/// @param name the name of the fleet
/// @param hosts the watchers that hold a lease, by the names of their hosts
/// @param instances the published instances, oldest first
/// @param problems entries that cannot be read
public record FleetInventory(
    String name, List<Host> hosts, List<Instance> instances, List<String> problems) {
  /// A watcher that holds a lease.
  ///
  /// @param name the name of its host
  /// @param id the identity of its host, as in records
  /// @param user the name of its user
  public record Host(String name, String id, String user) {}

  /// A published instance.
  ///
  /// @param hostName the name of its host
  /// @param info the instance, without its resources and its command line, which are not published.
  ///   The state directory is one of its host
  public record Instance(String hostName, InstanceInfo info) {}

  /// Copies the lists.
  public FleetInventory {
    hosts = List.copyOf(hosts);
    instances = List.copyOf(instances);
    problems = List.copyOf(problems);
  }

  /// {@return whether an environment names a fleet}
  ///
  /// @param environment the variables that lead to the store of a fleet
  public static boolean isIn(Map<String, String> environment) {
    return FleetSettings.isIn(environment);
  }

  /// Reads the store once, and changes nothing.
  ///
  /// @param environment the variables that lead to the store
  /// @return what the hosts of the fleet have published
  /// @throws IOException if they cannot be used or the store cannot be asked; the message says what
  ///   to do
  public static FleetInventory look(Map<String, String> environment) throws IOException {
    try (Fleet fleet = new EtcdFleet(FleetSettings.of(environment))) {
      return of(fleet.name(), fleet.look());
    }
  }

  private static FleetInventory of(String name, Fleet.View view) {
    FleetRules rules = new FleetRules();
    List<Host> hosts = new ArrayList<>();
    for (FleetHost host : view.hosts().values()) {
      hosts.add(new Host(host.hostName(), host.machine().host(), host.user()));
    }
    hosts.sort(Comparator.comparing(Host::name).thenComparing(Host::user));
    List<Instance> instances = new ArrayList<>();
    for (Fleet.Entry entry : view.instances().values()) {
      FleetInstance published = entry.instance();
      Verdict verdict = rules.judge(published, view);
      instances.add(
          new Instance(
              published.seenBy().hostName(),
              new InstanceInfo(
                  published.identity(),
                  published.owner(),
                  new InstanceInfo.State(verdict.liveness(), verdict.reason()),
                  null,
                  List.of())));
    }
    instances.sort(
        Comparator.comparing((Instance one) -> one.info().owner().startedAt())
            .thenComparing(one -> one.info().instanceId()));
    return new FleetInventory(
        name,
        hosts,
        instances,
        view.unreadable().stream()
            .sorted()
            .map(key -> "the entry " + key + " cannot be read: another version may have written it")
            .toList());
  }
}
