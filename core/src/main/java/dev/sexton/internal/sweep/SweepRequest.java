package dev.sexton.internal.sweep;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.internal.state.StateDirectory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
 * @param endings what the caller knows about the end of instances, by their UUIDs
 * @param neighbours further directories in which instances may be registered that are not dead and
 *     whose processes are therefore left alone
 * @param keep tells which programs are kept
 */
public record SweepRequest(
    List<? extends StateDirectory> directories,
    boolean everywhere,
    Set<String> instanceIds,
    boolean assumeDead,
    boolean dryRun,
    Duration grace,
    Progress progress,
    Map<String, Ending> endings,
    List<? extends StateDirectory> neighbours,
    KeepSource keep) {

  /// What the caller of a sweep knows about the end of an instance.
  ///
  /// @param owner the owner's process, if the caller held it by a descriptor or saw it run until
  ///   its death just now; null if it did not
  /// @param descendants processes that were seen below the owner while it lived
  /// @param onRequest whether the instance ends because somebody asked for it, and not because its
  ///   owner died; then what it recorded goes, even if that has become an instance of its own
  public record Ending(
      @Nullable ProcessInfo owner, List<ProcessInfo> descendants, boolean onRequest) {
    /// Of an instance about whose end nothing is known.
    static final Ending UNSEEN = new Ending(null, List.of(), false);

    /// Copies the list.
    public Ending {
      descendants = List.copyOf(descendants);
    }
  }

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
        List.of(),
        KeepSource.defaults());
  }

  /** The grace unless another is given: that of {@code docker stop}, so both wait alike. */
  public static final Duration DEFAULT_GRACE = RunTerms.DEFAULT_GRACE;

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

  /// Returns what the caller knows about the end of an instance.
  Ending ending(String instanceId) {
    return endings.getOrDefault(instanceId, Ending.UNSEEN);
  }

  /// Returns every directory in which an instance may be registered.
  List<StateDirectory> everyDirectory() {
    List<StateDirectory> all = new ArrayList<>(directories);
    for (StateDirectory neighbour : neighbours) {
      if (all.stream().noneMatch(one -> one.path().equals(neighbour.path()))) {
        all.add(neighbour);
      }
    }
    return all;
  }

  /// The same, which spares what belongs to live instances of these directories as well.
  public SweepRequest beside(List<? extends StateDirectory> others) {
    return new SweepRequest(
        directories,
        everywhere,
        instanceIds,
        assumeDead,
        dryRun,
        grace,
        progress,
        endings,
        others,
        keep);
  }

  /// The same for these instances alone.
  SweepRequest only(Set<String> others) {
    return new SweepRequest(
        directories,
        false,
        Set.copyOf(others),
        assumeDead,
        dryRun,
        grace,
        progress,
        endings,
        neighbours,
        keep);
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
        endings,
        neighbours,
        source);
  }

  /** Whether this instance is to be looked at. */
  boolean concerns(String instanceId) {
    return instanceIds.isEmpty() || instanceIds.contains(instanceId);
  }
}
