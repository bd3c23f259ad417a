package dev.sexton.internal.watch;

import dev.sexton.InstanceReport;
import dev.sexton.Liveness;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.Sighting;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The instances that are alive, each with its owner's process held by a descriptor. For use by one
 * thread.
 */
final class HeldOwners {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /**
   * An instance that is alive.
   *
   * @param directory where its record lies
   * @param owner the process that is held for it
   */
  record Held(StateDirectory directory, ProcessInfo owner) {}

  private final Sweeps sweeps;
  private final ProcessTable processes;
  private final DeathWatch deaths;
  private final Map<String, Held> instances = new HashMap<>();

  HeldOwners(Sweeps sweeps, ProcessTable processes, DeathWatch deaths) {
    this.sweeps = sweeps;
    this.processes = processes;
    this.deaths = deaths;
  }

  int size() {
    return instances.size();
  }

  boolean contains(String instanceId) {
    return instances.containsKey(instanceId);
  }

  /** The owners as they are now, by instance. */
  Map<String, ProcessInfo> owners() {
    Map<String, ProcessInfo> owners = new HashMap<>();
    instances.forEach((id, instance) -> owners.put(id, instance.owner()));
    return owners;
  }

  /** Holds the owners of these instances only, as far as it holds them now. */
  void retain(Set<String> present) {
    for (String id : List.copyOf(instances.keySet())) {
      Held instance = present.contains(id) ? null : instances.remove(id);
      if (instance != null) {
        forgetUnlessHeld(instance.owner());
      }
    }
  }

  /** A process has ended: its instances, which are held no more. */
  Map<String, Held> release(ProcessInfo process) {
    Map<String, Held> owned = instancesOf(process);
    instances.keySet().removeAll(owned.keySet());
    return owned;
  }

  private Map<String, Held> instancesOf(ProcessInfo process) {
    Map<String, Held> owned = new HashMap<>();
    instances.forEach((id, instance) -> {
      if (instance.owner().sameAs(process)) {
        owned.put(id, instance);
      }
    });
    return owned;
  }

  /**
   * Takes hold of the owners of new instances.
   *
   * @return those that are not alive any more
   */
  Map<String, StateDirectory> admit(Map<String, StateDirectory> newcomers) {
    Map<String, StateDirectory> dead = new HashMap<>();
    Map<String, Held> held = new HashMap<>();
    look(
        newcomers,
        report -> {
          StateDirectory directory = newcomers.get(report.instanceId());
          if (directory == null) {
            return;
          }
          if (report.liveness() == Liveness.DEAD) {
            dead.put(report.instanceId(), directory);
          } else if (report.liveness() == Liveness.ALIVE
              && processes.find(report.pid()) instanceof Sighting.Present present) {
            hold(report.instanceId(), new Held(directory, present.process()), held, dead);
          }
        });
    // Whoever is judged alive now was so while its process was held already.
    Map<String, StateDirectory> again = new HashMap<>();
    held.forEach((id, instance) -> again.put(id, instance.directory()));
    look(
        again,
        report -> {
          Held instance = held.get(report.instanceId());
          if (instance != null && report.liveness() == Liveness.ALIVE) {
            instances.put(report.instanceId(), instance);
          } else if (instance != null && report.liveness() == Liveness.DEAD) {
            dead.put(report.instanceId(), instance.directory());
          }
        });
    held.values().forEach(instance -> forgetUnlessHeld(instance.owner()));
    return dead;
  }

  private void look(Map<String, StateDirectory> which, Consumer<InstanceReport> each) {
    if (!which.isEmpty()) {
      sweeps
          .look(new LinkedHashSet<>(which.values()), Set.copyOf(which.keySet()))
          .instances()
          .forEach(each);
    }
  }

  private void hold(
      String id, Held instance, Map<String, Held> held, Map<String, StateDirectory> ended) {
    try {
      if (deaths.watch(instance.owner())) {
        held.put(id, instance);
      } else {
        ended.put(id, instance.directory());
      }
    } catch (IOException tooMany) {
      LOG.log(
          Level.WARNING,
          "instance {0} is swept on the interval only: {1}",
          id,
          tooMany.getMessage());
    }
  }

  private void forgetUnlessHeld(ProcessInfo owner) {
    if (instancesOf(owner).isEmpty()) {
      deaths.forget(owner);
    }
  }
}
