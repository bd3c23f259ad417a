package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.state.StateDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one sweep is to do.
 *
 * @param directories where to look
 * @param everywhere whether these are all directories of their applications, so that a container
 *     without a record there has none at all
 * @param instanceIds only these instances; all if empty
 * @param assumeDead whether UNKNOWN counts as DEAD
 * @param dryRun whether to plan only
 * @param grace how long what is asked to stop has before it is forced
 * @param progress is told while the sweep waits
 * @param witnessed owners of instances that the caller held by a descriptor, and saw die just now
 * @param keepSource tells which programs are kept
 */
public record SweepRequest(
    List<? extends StateDirectory> directories,
    boolean everywhere,
    Set<String> instanceIds,
    boolean assumeDead,
    boolean dryRun,
    Duration grace,
    Progress progress,
    Map<String, ProcessInfo> witnessed,
    KeepSource keepSource) {

  /** A sweep that comes by and has seen nobody die, and keeps the default list. */
  public SweepRequest(
      List<? extends StateDirectory> directories,
      boolean everywhere,
      Set<String> instanceIds,
      boolean assumeDead,
      boolean dryRun,
      Duration grace,
      Progress progress) {
    this(
        directories,
        everywhere,
        instanceIds,
        assumeDead,
        dryRun,
        grace,
        progress,
        Map.of(),
        KeepSource.defaults());
  }

  /** The grace unless another is given: that of {@code docker stop}, so both wait alike. */
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

  /** Is told while a sweep waits. Called from any thread of the sweep. */
  public interface Progress {
    /** Tells nobody. */
    Progress NONE = (processes, remaining) -> {};

    /**
     * Processes have been asked and not all have left yet.
     *
     * @param processes how many are still there
     * @param remaining until they are forced; zero or less once they are
     */
    void waiting(int processes, Duration remaining);
  }

  /// The same with another list of programs to keep.
  public SweepRequest keeping(KeepSource source) {
    return new SweepRequest(
        directories,
        everywhere,
        instanceIds,
        assumeDead,
        dryRun,
        grace,
        progress,
        witnessed,
        source);
  }

  /// Returns the programs that are kept. An instance's record adds some: [KeepList#forInstance].
  public KeepList keep() {
    return keepSource.list();
  }

  /** Whether this instance is to be looked at. */
  boolean concerns(String instanceId) {
    return instanceIds.isEmpty() || instanceIds.contains(instanceId);
  }
}
