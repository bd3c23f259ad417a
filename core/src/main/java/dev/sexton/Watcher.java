package dev.sexton;

import dev.sexton.internal.watch.FleetMembership;
import dev.sexton.internal.watch.WatchLoop;
import java.time.Duration;
import java.util.Objects;

/// Sweeps each instance as soon as its owner process dies. Deaths are noticed at once. In addition,
/// everything is swept at an interval, for changes that the kernel does not report.
///
/// ```
/// Thread.ofPlatform().daemon().start(Watcher.builder().build()::run);
/// ```
public final class Watcher {
  private final Builder settings;

  private Watcher(Builder settings) {
    this.settings = settings;
  }

  /// {@return a builder for a watcher, which covers every application of this user by default}
  public static Builder builder() {
    return new Builder();
  }

  /// Watches until the calling thread is interrupted. Sweeps run on other threads. A sweep that
  /// waits for a grace period delays nothing else.
  public void run() {
    try (FleetMembership fleet = FleetMembership.of(settings.scope, settings.listener)) {
      WatchLoop.ofThisMachine(settings.scope, settings.grace, settings.interval, fleet.listener())
          .run(null);
    }
  }

  /// Is notified of what a watcher does. Called by several threads, one at a time.
  public interface Listener {
    /// A listener that ignores everything.
    Listener NONE =
        new Listener() {
          @Override
          public void watching(int instances) {}

          @Override
          public void swept(SweepReport report, boolean everything) {}
        };

    /// Called when the number of watched live instances has changed.
    ///
    /// @param instances the new number
    void watching(int instances);

    /// Called when a sweep has ended.
    ///
    /// @param report the result of the sweep
    /// @param everything whether the sweep covered everything
    void swept(SweepReport report, boolean everything);
  }

  /// Configures a [Watcher]. Not safe for use by multiple threads.
  public static final class Builder {
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);

    private StateScope scope = StateScope.ofThisUser();
    private Duration grace = Instances.DEFAULT_GRACE;
    private Duration interval = DEFAULT_INTERVAL;
    private Listener listener = Listener.NONE;

    private Builder() {}

    /// Restricts the watcher to this scope.
    ///
    /// @param scope the directories to watch and the programs to keep; by default, everything of
    ///   this user
    /// @return this builder
    public Builder scope(StateScope scope) {
      this.scope = Objects.requireNonNull(scope);
      return this;
    }

    /// Sets the grace period: the time between the request to stop and the forced stop. 10 s by
    /// default. A server of `sexton run` has its own.
    ///
    /// @param grace the grace period; zero forces the stop right after the request
    /// @return this builder
    /// @throws IllegalArgumentException if it is negative
    public Builder grace(Duration grace) {
      this.grace = Durations.requireNotNegative("grace period", grace);
      return this;
    }

    /// Sets how often everything is swept in addition, 5 s by default.
    ///
    /// @param interval the time from the end of one such sweep to the next
    /// @return this builder
    /// @throws IllegalArgumentException if it is not positive
    public Builder interval(Duration interval) {
      if (!interval.isPositive()) {
        throw new IllegalArgumentException("the interval must be positive: " + interval);
      }
      this.interval = interval;
      return this;
    }

    /// Sets the listener.
    ///
    /// @param listener the listener, [Listener#NONE] by default; it must return soon
    /// @return this builder
    public Builder listener(Listener listener) {
      this.listener = Objects.requireNonNull(listener);
      return this;
    }

    /// {@return a new watcher with these settings}
    public Watcher build() {
      Builder copy = new Builder();
      copy.scope = scope;
      copy.grace = grace;
      copy.interval = interval;
      copy.listener = listener;
      return new Watcher(copy);
    }
  }
}
