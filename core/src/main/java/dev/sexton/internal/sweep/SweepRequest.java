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

/// The parameters of one sweep. Immutable, if its collections are not changed.
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
/// @param engines finds the engines that records name
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
    KeepSource keep,
    NamedEngines engines) {
  /// The default grace period.
  public static final Duration DEFAULT_GRACE = RunTerms.DEFAULT_GRACE;

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

  /// Builds a request. By default, it sweeps all dead instances in the given directories, has seen
  /// no owner die, and keeps the default list of programs.
  public static final class Builder {
    private List<? extends StateDirectory> directories;
    private boolean everywhere;
    private Set<String> instanceIds = Set.of();
    private boolean assumeDead;
    private boolean dryRun;
    private Duration grace = DEFAULT_GRACE;
    private Progress progress = Progress.NONE;
    private Map<String, Ending> endings = Map.of();
    private List<? extends StateDirectory> neighbours = List.of();
    private KeepSource keep = KeepSource.defaults();
    private NamedEngines engines = NamedEngines.none();

    private Builder(List<? extends StateDirectory> directories) {
      this.directories = directories;
    }

    /// Sets the directories to search.
    public Builder directories(List<? extends StateDirectory> searched) {
      directories = searched;
      return this;
    }

    /// Sets whether these are all directories of their applications, so that a container without a
    /// record there has no record at all.
    public Builder everywhere(boolean all) {
      everywhere = all;
      return this;
    }

    /// Sets the only instances to sweep; all if empty.
    public Builder instanceIds(Set<String> only) {
      instanceIds = only;
      return this;
    }

    /// Sets whether UNKNOWN counts as DEAD.
    public Builder assumeDead(boolean assume) {
      assumeDead = assume;
      return this;
    }

    /// Sets whether only to plan.
    public Builder dryRun(boolean plan) {
      dryRun = plan;
      return this;
    }

    /// Sets the grace period.
    public Builder grace(Duration duration) {
      grace = duration;
      return this;
    }

    /// Sets what is notified while the sweep waits.
    public Builder progress(Progress listener) {
      progress = listener;
      return this;
    }

    /// Sets the caller's knowledge about the ends of instances, by UUID.
    public Builder endings(Map<String, Ending> known) {
      endings = known;
      return this;
    }

    /// Sets further directories in which instances may be registered that are not dead and whose
    /// processes are therefore left alone.
    public Builder neighbours(List<? extends StateDirectory> others) {
      neighbours = others;
      return this;
    }

    /// Sets what determines which programs are kept.
    public Builder keep(KeepSource source) {
      keep = source;
      return this;
    }

    /// Sets what finds the engines that records name, beyond those of the sweeper.
    public Builder engines(NamedEngines source) {
      engines = source;
      return this;
    }

    /// Returns the request.
    public SweepRequest build() {
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
          keep,
          engines);
    }
  }

  /// Returns a builder for a sweep of these directories.
  public static Builder of(List<? extends StateDirectory> directories) {
    return new Builder(directories);
  }

  /// Returns a builder with the values of this request.
  public Builder toBuilder() {
    return of(directories)
        .everywhere(everywhere)
        .instanceIds(instanceIds)
        .assumeDead(assumeDead)
        .dryRun(dryRun)
        .grace(grace)
        .progress(progress)
        .endings(endings)
        .neighbours(neighbours)
        .keep(keep)
        .engines(engines);
  }

  /// Returns a copy for these instances only.
  SweepRequest only(Set<String> others) {
    return toBuilder().everywhere(false).instanceIds(Set.copyOf(others)).build();
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

  /// Returns whether this request covers an instance.
  boolean concerns(String instanceId) {
    return instanceIds.isEmpty() || instanceIds.contains(instanceId);
  }
}
