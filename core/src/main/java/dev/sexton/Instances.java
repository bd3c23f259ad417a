package dev.sexton;

import dev.sexton.internal.Platform;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.InstanceStopper;
import dev.sexton.internal.sweep.InventoryCollector;
import dev.sexton.internal.sweep.KeepSource;
import dev.sexton.internal.sweep.NamedEngines;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Lists the instances of a [StateScope], and stops single ones. Safe for use by multiple threads.
///
/// ```
/// Instances instances = Instances.in(StateScope.ofThisUser());
/// for (InstanceInfo instance : instances.list().instances()) {
///   System.out.println(instance.name() + " " + instance.liveness());
/// }
/// ```
public final class Instances {
  /// The grace period by default, 10 s: that of `docker stop`, so that both wait equally long.
  public static final Duration DEFAULT_GRACE = SweepRequest.DEFAULT_GRACE;

  private final StateScope scope;

  private Instances(StateScope scope) {
    this.scope = scope;
  }

  /// {@return the instances of a scope}
  ///
  /// @param scope the directories to look in and the programs to keep
  public static Instances in(StateScope scope) {
    return new Instances(scope);
  }

  /// {@return whether a text is a whole UUID, as every instance has one}
  ///
  /// @param text any text
  public static boolean isInstanceId(String text) {
    return InstanceRecord.isUuid(text);
  }

  /// Examines every instance and what it holds. Reads only, and changes nothing. Failures of a
  /// record or an engine are never thrown. They are in the result.
  ///
  /// @return a snapshot, with what could not be examined
  /// @throws java.nio.file.InvalidPathException if the scope has no state directory
  public Inventory list() {
    List<FileStateDirectory> directories = StateDirectories.in(scope);
    List<ResourceProvider> engines = Platform.providers(scope.environment(), directories, Set.of());
    try (NamedEngines named = Platform.namedEngines(scope.environment())) {
      return InventoryCollector.collect(
          Platform.ports(Platform.processes(false), engines),
          SweepRequest.of(directories)
              .everywhere(StateDirectories.isEverywhere(scope))
              .dryRun(true)
              .neighbours(everyDirectory(directories))
              .keep(KeepSource.of(scope))
              .engines(named)
              .build());
    } finally {
      engines.forEach(ResourceProvider::close);
    }
  }

  private List<FileStateDirectory> everyDirectory(List<FileStateDirectory> directories) {
    return new StateDirectories(scope.environment()).everyDirectory(directories);
  }

  /// {@return the UUIDs of all instances with a record whose UUID begins with a prefix} Unreadable
  /// directories are left out.
  ///
  /// @param prefix the beginning of a UUID, in lower case; empty for all instances
  /// @throws java.nio.file.InvalidPathException if the scope has no state directory
  public List<String> find(String prefix) {
    List<String> found = new ArrayList<>();
    for (FileStateDirectory directory : StateDirectories.in(scope)) {
      try {
        for (String file : directory.list()) {
          String id = StateDirectory.instanceOf(file);
          if (id != null && InstanceRecord.isUuid(id) && id.startsWith(prefix)) {
            found.add(id);
          }
        }
      } catch (IOException unreadable) {
        // Reported by list and sweep.
      }
    }
    return found;
  }

  /// Stops an instance: first its owner process, which may clean up by itself, then everything that
  /// is left. Takes at most the grace period twice plus a few seconds. A dead instance is swept. An
  /// instance of unknown liveness is left alone, and so is an owner that may be another process.
  /// Failures are never thrown. They are in the report.
  ///
  /// @param instance the instance, as [#list] returned it
  /// @param grace the time between the request to stop and the forced stop
  /// @return what was stopped, and what is left
  public StopReport stop(InstanceInfo instance, Duration grace) {
    List<FileStateDirectory> all = StateDirectories.in(scope);
    List<FileStateDirectory> directories =
        all.stream()
            .filter(directory -> directory.path().equals(instance.identity().stateDirectory()))
            .toList();
    List<ResourceProvider> engines = Platform.providers(scope.environment());
    try (NamedEngines named = Platform.namedEngines(scope.environment())) {
      InstanceStopper.Result result =
          new InstanceStopper(
                  Platform.ports(Platform.processes(false), engines),
                  SweepRequest.of(directories)
                      .instanceIds(Set.of(instance.instanceId()))
                      .grace(grace)
                      .neighbours(everyDirectory(all))
                      .keep(KeepSource.of(scope))
                      .engines(named)
                      .build(),
                  InstanceStopper.Cause.COMMAND)
              .stop();
      return new StopReport(
          instance, result.owner(), result.leftovers(), result.problems(), result.millis());
    } finally {
      engines.forEach(ResourceProvider::close);
    }
  }
}
