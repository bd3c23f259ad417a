package dev.sexton.internal.watch;

import dev.sexton.SweepReport;
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

/** The port to what a watcher looks at, and how it sweeps. Safe for use by several threads. */
interface WatcherSweeps {
  /**
   * Goes through what a sweep does up to the first signal, and touches nothing: run for the first
   * time, it takes a JVM three times as long.
   */
  void rehearse();

  /** Every state directory, whether or not it exists. */
  List<? extends StateDirectory> directories();

  /** Everywhere a directory of an application may appear. */
  List<Path> parents();

  /** Judges these instances and touches nothing. */
  SweepReport look(Collection<? extends StateDirectory> directories, Set<String> instanceIds);

  /**
   * Sweeps these instances.
   *
   * @param endings what is known of the ends of those that were seen to die just now
   * @param terms how {@code sexton run} started them; null if it did not
   */
  SweepReport sweep(
      Collection<? extends StateDirectory> directories,
      Set<String> instanceIds,
      Map<String, Ending> endings,
      @Nullable RunTerms terms);

  /**
   * Sweeps everything.
   *
   * @param held what is known of those that are held: one that is found dead has died just now
   */
  SweepReport sweepAll(Map<String, Ending> held);

  /**
   * Ends an instance that lives, and sweeps it.
   *
   * @param cause why, and who was seen below its owner
   */
  SweepReport stop(
      StateDirectory directory, String instanceId, RunTerms terms, InstanceStopper.Cause cause);

  /// Puts a record in place again that somebody removed while its owner lived, unless it was swept.
  void restore(StateDirectory directory, String instanceId, byte[] content);

  /// The programs that a sweep of any instance keeps.
  KeepList keep();
}
