package dev.sexton.internal.watch;

import dev.sexton.StateScope;
import dev.sexton.Watcher;
import dev.sexton.internal.fleet.FleetSettings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// The membership of a watcher in the fleet that its environment names. Without such a name,
/// nothing of a fleet is loaded. What goes wrong with the fleet is logged, and has no effect on the
/// watcher.
public final class FleetMembership implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.sexton");

  private final Watcher.Listener listener;
  private final @Nullable FleetListener fleet;

  private FleetMembership(Watcher.Listener listener, @Nullable FleetListener fleet) {
    this.listener = listener;
    this.fleet = fleet;
  }

  /// Joins the fleet, if there is one. The membership ends with this process, or when it is closed.
  ///
  /// @param listener what the watcher would notify without a fleet
  public static FleetMembership of(StateScope scope, Watcher.Listener listener) {
    if (scope.environment().getOrDefault(FleetSettings.VARIABLE, "").isEmpty()) {
      return new FleetMembership(listener, null);
    }
    try {
      FleetListener fleet = FleetListener.start(scope, listener);
      Runtime.getRuntime().addShutdownHook(new Thread(fleet::close));
      return new FleetMembership(fleet, fleet);
    } catch (IOException | RuntimeException unusable) {
      LOG.log(Level.WARNING, "no fleet: {0}", unusable.getMessage());
      return new FleetMembership(listener, null);
    }
  }

  /// Returns what the watcher must notify.
  public Watcher.Listener listener() {
    return listener;
  }

  @Override
  public void close() {
    if (fleet != null) {
      fleet.close();
    }
  }
}
