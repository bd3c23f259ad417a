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

/// The parameters of one sweep.
///
/// @param directories the directories to search
/// @param everywhere whether these are all directories of their applications, so that a container
///   without a record there has no record at all
/// @param instanceIds the only instances to sweep; all if empty
/// @param assumeDead whether UNKNOWN counts as DEAD
/// @param dryRun whether only to plan
/// @param grace the grace period
/// @param progress is notified while the sweep waits
/// @param endings the caller's knowledge about the ends of instances, by UUID
/// @param neighbours further directories in which instances may be registered that are not dead and
///   whose processes are therefore left alone
/// @param keep determines which programs are kept
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

  /// A caller's knowledge about the end of an instance.
  ///
  /// @param owner the owner process, if the caller held it by a descriptor or saw it run until its
  ///   death a moment ago; null otherwise
  /// @param descendants processes that were seen below the owner while it lived
  /// @param onRequest whether the instance ends on request and not because its owner died; if so,
  ///   recorded processes are stopped even if they have become instances of their own
  public record Ending(
      @Nullable ProcessInfo owner, List<ProcessInfo> descendants, boolean onRequest) {
    /// The end of an instance about which nothing is known.
    static final Ending UNSEEN = new Ending(null, List.of(), false);

    /// Copies the list.
    public Ending {
      descendants = List.copyOf(descendants);
    }
  }

  /// Creates a request for a sweep that has seen no owner die and keeps the default list.
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

  /// The default grace period. It equals that of `docker stop`, so that both wait equally long.
  public static final Duration DEFAULT_GRACE = RunTerms.DEFAULT_GRACE;

  /// Is notified while a sweep waits. Called from any thread of the sweep.
  public interface Progress {
    /// Ignores all notifications.
    Progress NONE = (processes, remaining) -> {};

    /// Called when processes were asked to stop and some have not ended yet.
    ///
    /// @param processes how many still exist
    /// @param remaining the time until they are forced; zero or less after that
    void waiting(int processes, Duration remaining);
  }

  /// Returns the caller's knowledge about the end of an instance.
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

  /// Returns a copy that also spares the resources of live instances in these directories.
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

  /// Returns a copy for these instances only.
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

  /// Returns a copy with another list of programs to keep.
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

  /// Returns whether this request covers an instance.
  boolean concerns(String instanceId) {
    return instanceIds.isEmpty() || instanceIds.contains(instanceId);
  }
}
