package dev.sexton;

import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.KeepSource;
import dev.sexton.internal.sweep.NamedEngines;
import dev.sexton.internal.sweep.PatientSweep;
import dev.sexton.internal.sweep.Ports;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.spi.ResourceProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds instances whose owner processes are dead and stops their leftovers. Safe for use by
/// multiple threads, and alongside any number of other sweepers.
///
/// ```
/// SweepReport report = Sweeper.builder().build().sweep();
/// ```
public final class Sweeper {
  private final Builder options;

  private Sweeper(Builder options) {
    this.options = options;
  }

  /// {@return a builder for a sweeper, which examines every application of this user by default}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return the patience that other sweepers need which began earlier with the same grace period}
  ///
  /// @param grace the grace period of all the sweepers
  public static Duration patience(Duration grace) {
    return PatientSweep.patience(grace);
  }

  /// Makes one pass. It takes as long as the slowest resource takes to stop: at most the grace
  /// period plus a few seconds, or the patience with other sweepers if that is longer. Failures of
  /// an instance, a record or an engine are never thrown. They are in the report.
  ///
  /// @return what was found, what was done about it, and what failed
  /// @throws java.nio.file.InvalidPathException if no state directory is named and none can be
  ///   derived from the environment, for example without a home directory
  public SweepReport sweep() {
    StateScope scope = options.scope;
    List<FileStateDirectory> directories = StateDirectories.in(scope);
    if (options.resident) {
      directories = directories.stream().map(FileStateDirectory::cached).toList();
    }
    ProcessTable processes =
        options.resident ? Platform.residentProcesses() : Platform.processes(false);
    List<ResourceProvider> own = options.providers;
    List<ResourceProvider> providers =
        own != null ? own : Platform.providers(scope.environment(), directories, options.instances);
    Ports ports = Platform.ports(processes, providers);
    NamedEngines named =
        own != null ? NamedEngines.none() : Platform.namedEngines(scope.environment());
    SweepRequest request =
        SweepRequest.of(directories)
            .everywhere(StateDirectories.isEverywhere(scope))
            .instanceIds(Set.copyOf(options.instances))
            .assumeDead(options.assumeDead)
            .dryRun(options.dryRun)
            .grace(options.grace)
            .progress(options.progress::waiting)
            .neighbours(new StateDirectories(scope.environment()).everyDirectory(directories))
            .keep(KeepSource.of(scope))
            .engines(named)
            .build();
    try (named) {
      return PatientSweep.run(ports, request, options.patience);
    } finally {
      if (own == null) {
        providers.forEach(ResourceProvider::close);
      }
    }
  }

  /// Receives progress while a sweep waits.
  @FunctionalInterface
  public interface Progress {
    /// Called when processes have been asked to stop and some are still running. The caller is a
    /// thread of the sweep.
    ///
    /// @param processes the number of processes still running
    /// @param remaining the time until they are stopped by force; zero after that
    void waiting(int processes, Duration remaining);
  }

  /// Configures a [Sweeper]. Not safe for use by multiple threads.
  public static final class Builder {
    private final Set<String> instances = new LinkedHashSet<>();
    private StateScope scope = StateScope.ofThisUser();
    private @Nullable List<ResourceProvider> providers;
    private Duration grace = SweepRequest.DEFAULT_GRACE;
    private Duration patience = Duration.ZERO;
    private Progress progress = (processes, remaining) -> {};
    private boolean dryRun;
    private boolean assumeDead;
    private boolean resident;

    private Builder() {}

    /// Restricts the sweep to this scope, instead of what was set before.
    ///
    /// @param scope the directories to sweep and the programs to keep; by default, everything of
    ///   this user
    /// @return this builder
    public Builder scope(StateScope scope) {
      this.scope = Objects.requireNonNull(scope);
      return this;
    }

    /// Restricts the sweep to this application. May be called several times.
    ///
    /// @param name one more application, such as `deephaven-mcp`
    /// @return this builder
    /// @throws IllegalArgumentException if the name has other characters than letters, digits, dot,
    ///   dash and underscore, or begins with a dot
    public Builder application(String name) {
      scope = scope.withApplications(plus(scope.applications(), name));
      return this;
    }

    /// Restricts the sweep to this state directory.
    ///
    /// @param directory the only directory to sweep; it contains `instances/`
    /// @return this builder
    public Builder stateDirectory(Path directory) {
      scope = scope.withStateDirectory(Objects.requireNonNull(directory));
      return this;
    }

    /// Restricts the sweep to this instance. May be called several times.
    ///
    /// @param instanceId the whole UUID of one more instance
    /// @return this builder
    public Builder instance(String instanceId) {
      instances.add(Objects.requireNonNull(instanceId));
      return this;
    }

    /// Sets whether instances of unknown liveness are treated as dead. This applies only to
    /// instances that are named with [#instance], and never to one that is alive.
    ///
    /// @param assume whether to treat them as dead; false by default
    /// @return this builder
    public Builder assumeDead(boolean assume) {
      assumeDead = assume;
      return this;
    }

    /// Sets whether the sweep only plans and changes nothing, including files.
    ///
    /// @param plan whether to report only what a sweep would do; false by default
    /// @return this builder
    public Builder dryRun(boolean plan) {
      dryRun = plan;
      return this;
    }

    /// Sets the grace period: the time between the request to stop and the forced stop. 10 s by
    /// default, like `docker stop`.
    ///
    /// @param duration the grace period; zero forces the stop right after the request
    /// @return this builder
    /// @throws IllegalArgumentException if it is negative
    public Builder grace(Duration duration) {
      grace = Durations.requireNotNegative("grace period", duration);
      return this;
    }

    /// Sets how long the whole sweep may take while other sweepers are cleaning up dead instances.
    /// It waits for them up to this time, so that its report includes what they left. Zero by
    /// default.
    ///
    /// @param duration the time from the start of the sweep; [Sweeper#patience(Duration)] is enough
    ///   for sweepers with the same grace period
    /// @return this builder
    /// @throws IllegalArgumentException if it is negative
    public Builder patience(Duration duration) {
      patience = Durations.requireNotNegative("patience", duration);
      return this;
    }

    /// Keeps programs that match this pattern, and everything they start, in addition to the
    /// default list and the user's `keep.conf`. May be called several times. The last matching
    /// pattern decides.
    ///
    /// @param pattern the name of an executable or script, or its whole path if there is a slash;
    ///   `*` stands for any characters, `?` for one; with a leading `!` the program is not kept
    /// @return this builder
    /// @throws IllegalArgumentException if the pattern is empty, longer than 200 characters, or has
    ///   control characters
    public Builder keep(String pattern) {
      scope = scope.withKeep(plus(scope.keep(), pattern));
      return this;
    }

    /// Sets the environment variables to use instead of those of this process.
    ///
    /// @param variables the variables that locate directories, engines and `keep.conf`
    /// @return this builder
    public Builder environment(Map<String, String> variables) {
      scope = scope.withEnvironment(variables);
      return this;
    }

    /// Sets the engines to ask instead of those that are discovered. The sweeper does not close
    /// them.
    ///
    /// @param engines the only engines to ask; none if empty
    /// @return this builder
    public Builder providers(List<? extends ResourceProvider> engines) {
      providers = List.copyOf(engines);
      return this;
    }

    /// Sets the listener that is called while the sweep waits.
    ///
    /// @param listener the listener; called by threads of the sweep, and must return soon
    /// @return this builder
    public Builder progress(Progress listener) {
      progress = Objects.requireNonNull(listener);
      return this;
    }

    /// Sets whether this JVM is long-lived, false by default. It may then spend 50 ms once to hold
    /// processes by descriptors instead of PIDs. This takes effect where the JVM permits native
    /// access to the module.
    ///
    /// @param stays whether the JVM makes many sweeps
    /// @return this builder
    public Builder resident(boolean stays) {
      resident = stays;
      return this;
    }

    private static List<String> plus(List<String> texts, String text) {
      List<String> more = new ArrayList<>(texts);
      more.add(text);
      return more;
    }

    /// {@return a new sweeper with these settings}
    ///
    /// @throws IllegalStateException if instances may be assumed dead but none is named
    public Sweeper build() {
      if (assumeDead && instances.isEmpty()) {
        throw new IllegalStateException("assumeDead applies only to named instances: name them");
      }
      Builder copy = new Builder();
      copy.instances.addAll(instances);
      copy.scope = scope;
      copy.providers = providers;
      copy.grace = grace;
      copy.patience = patience;
      copy.progress = progress;
      copy.dryRun = dryRun;
      copy.assumeDead = assumeDead;
      copy.resident = resident;
      return new Sweeper(copy);
    }
  }
}
