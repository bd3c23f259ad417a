package dev.sexton;

import dev.sexton.internal.ApplicationName;
import dev.sexton.internal.KeepPattern;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.KeepSource;
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

/**
 * Finds instances whose owners are dead and stops what they left. Safe for use by several threads,
 * and beside any number of other sweepers.
 *
 * <pre>{@code
 * SweepReport report = Sweeper.builder().build().sweep();
 * }</pre>
 */
public final class Sweeper {
  private final Builder options;

  private Sweeper(Builder options) {
    this.options = options;
  }

  /** A sweeper that looks at every application of this user, unless told otherwise. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Makes one pass. Takes as long as the slowest resource takes to stop, at most the grace and a
   * few seconds, or the patience with other sweepers if that is longer. Never throws for anything
   * that an instance, a record or an engine does: that is in the report.
   */
  public SweepReport sweep() {
    StateDirectories known = new StateDirectories(options.environment);
    Path named = options.stateDirectory;
    List<FileStateDirectory> directories =
        named == null
            ? known.all(options.applications)
            : List.of(known.at(named, options.applications));
    if (options.resident) {
      directories = directories.stream().map(FileStateDirectory::cached).toList();
    }
    boolean everywhere = named == null && !options.environment.containsKey("SEXTON_STATE_DIR");
    ProcessTable processes =
        options.resident ? Platform.residentProcesses() : Platform.processes(false);
    List<ResourceProvider> own = options.providers;
    List<ResourceProvider> providers =
        own != null ? own : Platform.providers(options.environment, directories, options.instances);
    Ports ports = Platform.ports(processes, providers);
    SweepRequest request =
        new SweepRequest(
            directories,
            everywhere,
            Set.copyOf(options.instances),
            options.assumeDead,
            options.dryRun,
            options.grace,
            options.progress::waiting,
            Map.of(),
            known.everyDirectory(directories),
            KeepSource.of(options.environment, options.keep));
    try {
      return PatientSweep.run(ports, request, options.patience);
    } finally {
      if (own == null) {
        providers.forEach(ResourceProvider::close);
      }
    }
  }

  /** Is told while a sweep waits. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Processes have been asked and not all have left yet. Called from a thread of the sweep.
     *
     * @param processes how many are still there
     * @param remaining until they are forced; zero once they are
     */
    void waiting(int processes, Duration remaining);
  }

  /** What a sweep is to look at and how. Not safe for use by several threads. */
  public static final class Builder {
    private final List<String> applications = new ArrayList<>();
    private final Set<String> instances = new LinkedHashSet<>();
    private final List<String> keep = new ArrayList<>();
    private Map<String, String> environment = System.getenv();
    private @Nullable Path stateDirectory;
    private @Nullable List<ResourceProvider> providers;
    private Duration grace = SweepRequest.DEFAULT_GRACE;
    private Duration patience = Duration.ZERO;
    private Progress progress = (processes, remaining) -> {};
    private boolean dryRun;
    private boolean assumeDead;
    private boolean resident;

    private Builder() {}

    /**
     * Looks only at this application. May be called for several.
     *
     * @throws IllegalArgumentException if the name has other characters than letters, digits, dot,
     *     dash and underscore, or begins with a dot
     */
    public Builder application(String name) {
      applications.add(ApplicationName.require(name));
      return this;
    }

    /** Looks only at this state directory, the one that holds {@code instances/}. */
    public Builder stateDirectory(Path directory) {
      stateDirectory = Objects.requireNonNull(directory);
      return this;
    }

    /** Looks only at this instance. May be called for several. */
    public Builder instance(String instanceId) {
      instances.add(Objects.requireNonNull(instanceId));
      return this;
    }

    /**
     * Takes instances that cannot be judged for dead. Only for instances that are named with {@link
     * #instance}; never for one that is alive.
     */
    public Builder assumeDead(boolean assume) {
      assumeDead = assume;
      return this;
    }

    /** Only plans: touches nothing, the files included. */
    public Builder dryRun(boolean plan) {
      dryRun = plan;
      return this;
    }

    /**
     * How long what is asked to stop has before it is forced; 10 s unless set, as {@code docker
     * stop} has it.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder grace(Duration duration) {
      if (duration.isNegative()) {
        throw new IllegalArgumentException("the grace must not be negative: " + duration);
      }
      grace = duration;
      return this;
    }

    /// Sets how long the sweep may take in all while other sweepers are at dead instances (default
    /// zero). It waits for them as long, so that its report says what they left.
    ///
    /// @throws IllegalArgumentException if it is negative
    public Builder patience(Duration duration) {
      if (duration.isNegative()) {
        throw new IllegalArgumentException("the patience must not be negative: " + duration);
      }
      patience = duration;
      return this;
    }

    /// Keeps programs that match this pattern, and all that they start, beside those of the default
    /// list and the user's `keep.conf`. May be called several times; the last pattern that matches
    /// decides.
    ///
    /// @param pattern the name of an executable or script, or with a slash its whole path; `*`
    ///   stands for any characters, `?` for one, and with `!` in front the program is not kept
    /// @throws IllegalArgumentException if it is empty, longer than 200 characters, or has control
    ///   characters
    public Builder keep(String pattern) {
      keep.add(KeepPattern.require(pattern));
      return this;
    }

    /** Goes by these environment variables instead of those of this process. */
    public Builder environment(Map<String, String> variables) {
      environment = Map.copyOf(variables);
      return this;
    }

    /** Asks these engines instead of those that are found; they are not closed. */
    public Builder providers(List<? extends ResourceProvider> engines) {
      providers = List.copyOf(engines);
      return this;
    }

    /** Tells this while it waits. */
    public Builder progress(Progress listener) {
      progress = Objects.requireNonNull(listener);
      return this;
    }

    /**
     * Whether this JVM stays for long: then it may spend 50 ms once to hold processes by
     * descriptors instead of IDs. Takes effect where the JVM permits native access to the module.
     */
    public Builder resident(boolean stays) {
      resident = stays;
      return this;
    }

    /**
     * The sweeper.
     *
     * @throws IllegalStateException if anything may be assumed dead without being named
     */
    public Sweeper build() {
      if (assumeDead && instances.isEmpty()) {
        throw new IllegalStateException("assumeDead needs the instances that it is for");
      }
      Builder copy = new Builder();
      copy.applications.addAll(applications);
      copy.instances.addAll(instances);
      copy.keep.addAll(keep);
      copy.environment = environment;
      copy.stateDirectory = stateDirectory;
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
