package dev.sexton.internal.watch;

import dev.sexton.InstanceReport;
import dev.sexton.Liveness;
import dev.sexton.RecordException;
import dev.sexton.internal.liveness.PastBoots;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.KeepList;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// The live instances. A descriptor holds the owner process of each, and the client process if the
/// instance ends with it. For use by one thread.
final class WatchedOwners {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /// The result of admitting new instances.
  ///
  /// @param dead the instances that are no longer alive
  /// @param abandoned the live instances whose clients are not alive
  record Admission(Map<String, StateDirectory> dead, List<WatchedInstance> abandoned) {}

  private final WatcherSweeps sweeps;
  private final ProcessReader processes;
  private final DeathWatch deaths;
  private final Map<String, WatchedInstance> instances = new HashMap<>();

  WatchedOwners(WatcherSweeps sweeps, ProcessReader processes, DeathWatch deaths) {
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

  Collection<WatchedInstance> all() {
    return instances.values();
  }

  /// Returns the known facts about their ends, in case they have ended, by instance.
  ///
  /// @param nanos the current time, by the clock that the caller always uses
  Map<String, Ending> endings(long nanos) {
    Map<String, Ending> endings = new HashMap<>();
    instances.forEach((id, instance) -> endings.put(id, instance.ending(nanos)));
    return endings;
  }

  /// Stops holding the owners of all other instances. A server of `sexton run` knows nothing of its
  /// record and does not remove it. If the record is gone, another process removed it.
  void retain(Set<String> present) {
    for (String id : List.copyOf(instances.keySet())) {
      WatchedInstance instance = instances.get(id);
      if (instance != null && !present.contains(id) && instance.terms() == null) {
        instances.remove(id);
        forgetUnlessHeld(instance);
      }
    }
  }

  /// Returns the instances owned by a process that has ended, and stops holding them.
  List<WatchedInstance> release(ProcessInfo process) {
    List<WatchedInstance> owned = new ArrayList<>();
    for (WatchedInstance instance : List.copyOf(instances.values())) {
      if (instance.owner().sameAs(process)) {
        owned.add(instance);
        instances.remove(instance.instanceId());
        forgetUnlessHeld(instance);
      }
    }
    return owned;
  }

  /// Returns the instances that end with this process.
  List<WatchedInstance> clientsOf(ProcessInfo process) {
    List<WatchedInstance> served = new ArrayList<>();
    for (WatchedInstance instance : instances.values()) {
      ProcessInfo client = instance.client();
      if (client != null && client.sameAs(process)) {
        served.add(instance);
      }
    }
    return served;
  }

  /// Checks the client of each instance, and returns the instances whose clients have ended.
  List<WatchedInstance> abandoned() {
    List<WatchedInstance> abandoned = new ArrayList<>();
    for (WatchedInstance instance : instances.values()) {
      ProcessInfo client = instance.client();
      if (client != null && !processes.isRunning(client)) {
        abandoned.add(instance);
      }
    }
    return abandoned;
  }

  /// Checks the descendants of all owners. Returns whether anything has changed.
  ///
  /// @param nanos the current time, by the clock that the caller always uses
  boolean look(ProcessSnapshot now, KeepList keep, long nanos) {
    boolean changed = false;
    for (WatchedInstance instance : instances.values()) {
      changed |= instance.look(now, processes, keep, nanos);
    }
    return changed;
  }

  /// Starts to hold the owners of new instances.
  ///
  /// @param nanos the current time, by the clock that the caller always uses
  Admission admit(Map<String, StateDirectory> newcomers, long nanos) {
    Map<String, StateDirectory> dead = new HashMap<>();
    Map<String, WatchedInstance> held = holdLiving(newcomers, dead, nanos);
    List<WatchedInstance> abandoned = confirm(held, dead);
    for (WatchedInstance instance : held.values()) {
      if (!instances.containsKey(instance.instanceId())) {
        forgetUnlessHeld(instance);
      }
    }
    return new Admission(dead, abandoned);
  }

  /// Holds the owners of the instances that are alive.
  ///
  /// @param dead receives the instances that have ended
  private Map<String, WatchedInstance> holdLiving(
      Map<String, StateDirectory> newcomers, Map<String, StateDirectory> dead, long nanos) {
    Map<String, WatchedInstance> held = new HashMap<>();
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
              && processes.find(report.owner().pid()) instanceof ProcessLookup.Present present) {
            hold(read(directory, report.instanceId(), present.process(), nanos), held, dead);
          }
        });
    return held;
  }

  /// Judges instances again. An instance that is judged alive now was alive while its process was
  /// already held, and is watched from now on. So is a server of `sexton run` whose record was
  /// removed since: it does not remove its record itself, and the held process is the one that the
  /// record named.
  ///
  /// @param dead receives the instances that have ended
  /// @return the instances whose clients have ended
  private List<WatchedInstance> confirm(
      Map<String, WatchedInstance> held, Map<String, StateDirectory> dead) {
    Map<String, StateDirectory> again = new HashMap<>();
    held.forEach((id, instance) -> again.put(id, instance.directory()));
    List<WatchedInstance> alive = new ArrayList<>();
    Map<String, WatchedInstance> unjudged = new HashMap<>(held);
    look(
        again,
        report -> {
          WatchedInstance instance = unjudged.remove(report.instanceId());
          if (instance != null && (report.liveness() == Liveness.ALIVE || hasEnded(instance))) {
            alive.add(instance);
          } else if (instance != null && report.liveness() == Liveness.DEAD) {
            dead.put(report.instanceId(), instance.directory());
          }
        });
    // The kernel reports the end of one that has ended since, like any other.
    unjudged.values().stream().filter(instance -> instance.terms() != null).forEach(alive::add);
    List<WatchedInstance> abandoned = new ArrayList<>();
    Set<StateDirectory> noted = new LinkedHashSet<>();
    for (WatchedInstance instance : alive) {
      instances.put(instance.instanceId(), instance);
      noted.add(instance.directory());
      if (!holdClient(instance)) {
        abandoned.add(instance);
      }
    }
    // The launcher leaves this to us. After the next boot it is proof of this one.
    noted.forEach(directory -> PastBoots.note(directory, processes));
    return abandoned;
  }

  /// Returns whether the owner has ended while it was held.
  private boolean hasEnded(WatchedInstance instance) {
    return instance.record() != null && !processes.isRunning(instance.owner());
  }

  private WatchedInstance read(StateDirectory directory, String id, ProcessInfo owner, long nanos) {
    String name = StateDirectory.recordOf(id);
    WatchedInstance.Location location =
        new WatchedInstance.Location(directory, id, directory.owner(name, processes));
    try {
      StateDirectory.Content content = directory.read(name);
      InstanceRecord record = content.record(name);
      boolean isOwner = WatchedInstance.isOwner(record, owner, processes);
      return new WatchedInstance(location, owner, isOwner ? record : null, content.bytes(), nanos);
    } catch (RecordException goneOrSpoilt) {
      return new WatchedInstance(location, owner, null, new byte[0], nanos);
    }
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
      WatchedInstance instance,
      Map<String, WatchedInstance> held,
      Map<String, StateDirectory> ended) {
    String id = instance.instanceId();
    try {
      if (deaths.watch(instance.owner())) {
        held.put(id, instance);
      } else {
        ended.put(id, instance.directory());
      }
    } catch (IOException tooMany) {
      LOG.log(
          Level.WARNING,
          "instance {0} is swept only at the interval: {1}",
          id,
          tooMany.getMessage());
    }
  }

  /// Starts to hold the client with which an instance ends; false if it has ended. A client that
  /// cannot be held is checked at the interval.
  private boolean holdClient(WatchedInstance instance) {
    ProcessInfo client = instance.client();
    try {
      if (client == null) {
        return true;
      }
      boolean lives = deaths.watch(client);
      ProcessInfo behind = lives ? PackageRunner.clientBehind(client, processes) : null;
      if (behind != null && deaths.watch(behind)) {
        instance.setRunnersClient(behind);
      }
      return lives;
    } catch (IOException tooMany) {
      return true;
    }
  }

  /// Returns whether a process is the one behind the package runner of any instance.
  boolean isRunnersClient(ProcessInfo process) {
    return instances.values().stream()
        .map(WatchedInstance::runnersClient)
        .anyMatch(client -> client != null && client.sameAs(process));
  }

  private void forgetUnlessHeld(WatchedInstance instance) {
    instance.watched().forEach(this::forgetUnlessHeld);
  }

  private void forgetUnlessHeld(ProcessInfo process) {
    boolean matters =
        instances.values().stream()
            .flatMap(one -> one.watched().stream())
            .anyMatch(process::sameAs);
    if (!matters) {
      deaths.forget(process);
    }
  }
}
