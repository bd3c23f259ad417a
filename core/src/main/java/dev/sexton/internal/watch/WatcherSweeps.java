package dev.sexton.internal.watch;

import dev.sexton.SweepReport;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.InstanceStopper;
import dev.sexton.internal.sweep.KeepList;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Provides the objects that a watcher checks, and its sweeps. Safe for use by several threads.
interface WatcherSweeps {
  /// Performs the steps of a sweep up to the first signal, and changes nothing. The first run takes
  /// a JVM three times as long.
  void rehearse();

  /// Returns every state directory, whether or not it exists.
  List<? extends StateDirectory> directories();

  /// Returns every place where an application's directory may appear.
  List<Path> parents();

  /// Judges these instances and changes nothing.
  SweepReport look(Collection<? extends StateDirectory> directories, Set<String> instanceIds);

  /// Sweeps these instances.
  ///
  /// @param endings the known facts about the ends of those that were seen to die a moment ago
  /// @param terms how `sexton run` started them; null if it did not
  SweepReport sweep(
      Collection<? extends StateDirectory> directories,
      Set<String> instanceIds,
      Map<String, Ending> endings,
      @Nullable RunTerms terms);

  /// Sweeps an instance that was seen to die, after or instead of another sweeper, which does not
  /// know all that belongs to it.
  ///
  /// @param record its record
  SweepReport finish(WatchedInstance instance, InstanceRecord record, Ending ending);

  /// Sweeps everything.
  ///
  /// @param held the known facts about the held instances: one that is found dead died a moment ago
  SweepReport sweepAll(Map<String, Ending> held);

  /// Stops a live instance and sweeps it.
  ///
  /// @param cause the reason, and what is known about its end
  SweepReport stop(
      StateDirectory directory, String instanceId, RunTerms terms, InstanceStopper.Cause cause);

  /// Restores a record that was removed while its owner lived, unless the instance was swept.
  void restore(StateDirectory directory, String instanceId, byte[] content);

  /// Returns the programs that a sweep of any instance keeps.
  KeepList keep();
}
