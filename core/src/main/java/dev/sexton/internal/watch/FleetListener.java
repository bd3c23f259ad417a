package dev.sexton.internal.watch;

import dev.sexton.InstanceInfo;
import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.RecordException;
import dev.sexton.StateScope;
import dev.sexton.SweepReport;
import dev.sexton.Watcher;
import dev.sexton.internal.Platform;
import dev.sexton.internal.fleet.EtcdFleet;
import dev.sexton.internal.fleet.FleetHost;
import dev.sexton.internal.fleet.FleetInstance;
import dev.sexton.internal.fleet.FleetMember;
import dev.sexton.internal.fleet.FleetSettings;
import dev.sexton.internal.liveness.PastBoots;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Publishes the instances of a watcher in a fleet, from the reports of its sweeps. Passes
/// everything on to another listener.
final class FleetListener implements Watcher.Listener, AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.sexton");

  private final Watcher.Listener next;
  private final StateScope scope;
  private final FleetHost self;
  private final FleetMember member;
  private final Map<String, FleetInstance> instances = new HashMap<>();

  private FleetListener(StateScope scope, Watcher.Listener next, FleetSettings settings) {
    this.next = next;
    this.scope = scope;
    this.self = here(scope);
    this.member =
        new FleetMember(new EtcdFleet(settings), self, FleetMember.DURATION, this::hasEndedHere);
  }

  private static FleetHost here(StateScope scope) {
    return new FleetHost(
        UUID.randomUUID().toString(),
        hostName(scope),
        System.getProperty("user.name", ""),
        Platform.residentProcesses().machine());
  }

  private static String hostName(StateScope scope) {
    String name = scope.environment().getOrDefault("HOSTNAME", "");
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException noLinux) {
      return name;
    }
  }

  /// Begins to publish in the fleet that the scope's environment names.
  ///
  /// @throws IOException if the name cannot be used, or no thread can be started
  static FleetListener start(StateScope scope, Watcher.Listener next) throws IOException {
    FleetListener listener = new FleetListener(scope, next, FleetSettings.of(scope.environment()));
    listener.member.start();
    return listener;
  }

  @Override
  public void watching(int count) {
    next.watching(count);
  }

  @Override
  public void swept(SweepReport report, boolean everything) {
    next.swept(report, everything);
    try {
      note(report, everything);
      member.publish(instances);
    } catch (RuntimeException unexpected) {
      // The watcher's next sweep must not depend on the fleet.
      LOG.log(Level.WARNING, "nothing is published in the fleet: {0}", unexpected.toString());
    }
  }

  private void note(SweepReport report, boolean everything) {
    for (InstanceReport one : report.instances()) {
      FleetInstance former = instances.get(one.instanceId());
      if (hasRecord(one.identity()) && one.record() != RecordFate.REMOVED) {
        InstanceInfo.Owner owner = former == null ? publishableOwner(one) : former.owner();
        if (owner != null) {
          instances.put(
              one.instanceId(), new FleetInstance(self, one.identity(), owner, one.state()));
        }
      } else if (former != null && former.identity().equals(one.identity())) {
        instances.remove(one.instanceId());
      }
    }
    if (everything) {
      instances.values().removeIf(one -> !hasRecord(one.identity()));
    }
  }

  /// Returns the owner of an instance that has not been published; null if it must not be. Only the
  /// host on which an owner runs can tell whether it lives, and an undecided instance may be known
  /// to another watcher.
  private InstanceInfo.@Nullable Owner publishableOwner(InstanceReport one) {
    if (one.liveness() == Liveness.UNKNOWN) {
      return null;
    }
    String file = StateDirectory.recordOf(one.instanceId());
    try {
      InstanceRecord record =
          new FileStateDirectory(one.stateDirectory(), one.application()).read(file).record(file);
      ProcessIdentity owner = record.owner();
      return owner == null || !owner.machine().sharesClock(self.machine())
          ? null
          : new InstanceInfo.Owner(
              record.pid(), record.startedAt(), record.name(), "", record.run() != null);
    } catch (RecordException goneOrSpoilt) {
      return null;
    }
  }

  /// Returns whether an instance has a record. A report also has instances without one, of which
  /// only containers are left.
  private static boolean hasRecord(InstanceInfo.Identity identity) {
    return !Files.notExists(
        identity
            .stateDirectory()
            .resolve("instances")
            .resolve(StateDirectory.recordOf(identity.instanceId())));
  }

  /// Returns whether an instance was in one of this watcher's directories, on this host and in this
  /// PID namespace, and has no record there any more. Another boot must be provably over: a clone
  /// of this machine may be running it.
  private boolean hasEndedHere(FleetInstance instance) {
    Machine there = instance.seenBy().machine();
    Machine here = self.machine();
    boolean isHere =
        !here.host().isEmpty()
            && here.host().equals(there.host())
            && here.pidNamespace().equals(there.pidNamespace())
            && instance.seenBy().user().equals(self.user());
    if (!isHere || hasRecord(instance.identity())) {
      return false;
    }
    FileStateDirectory directory = directory(instance.identity().stateDirectory());
    return directory != null
        && (there.isComparableTo(here)
            || PastBoots.of(directory, Platform.residentProcesses()).include(there));
  }

  private @Nullable FileStateDirectory directory(Path path) {
    try {
      for (FileStateDirectory directory : StateDirectories.in(scope)) {
        if (directory.path().equals(path)) {
          return directory;
        }
      }
    } catch (InvalidPathException noHome) {
      return null;
    }
    return null;
  }

  @Override
  public void close() {
    member.close();
  }
}
