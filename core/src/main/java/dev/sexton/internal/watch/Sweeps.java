package dev.sexton.internal.watch;

import dev.sexton.SweepReport;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.state.StateDirectory;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The port to what a watcher looks at, and how it sweeps. Safe for use by several threads. */
interface Sweeps {
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
   * @param witnessed their owners, as far as they were seen to die just now
   */
  SweepReport sweep(
      Collection<? extends StateDirectory> directories,
      Set<String> instanceIds,
      Map<String, ProcessInfo> witnessed);

  /**
   * Sweeps everything.
   *
   * @param held the owners that are held: one that is found dead has died just now
   */
  SweepReport sweepAll(Map<String, ProcessInfo> held);
}
