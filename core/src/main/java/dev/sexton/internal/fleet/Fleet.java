package dev.sexton.internal.fleet;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The port to the store in which the watchers of a fleet publish their instances. A method that
/// throws may nevertheless have changed the store, and may be called again. Safe for use by several
/// threads.
public interface Fleet extends AutoCloseable {
  /// A published instance.
  ///
  /// @param instance the instance
  /// @param revision changes each time it is written; never 0
  record Entry(FleetInstance instance, long revision) {}

  /// Everything in the store, at one moment.
  ///
  /// @param hosts the watchers that hold a lease, by their ID
  /// @param instances the instances, by their UUID
  /// @param unreadable the UUIDs of instances, and the IDs of watchers, whose entries cannot be
  ///   read; another version may have written them
  record View(Map<String, FleetHost> hosts, Map<String, Entry> instances, List<String> unreadable) {
    /// Copies the collections.
    public View {
      hosts = Map.copyOf(hosts);
      instances = Map.copyOf(instances);
      unreadable = List.copyOf(unreadable);
    }

    /// Returns whether the watcher that wrote an entry holds its lease.
    boolean isRenewed(FleetInstance instance) {
      return hosts.containsKey(instance.seenBy().watcher());
    }
  }

  /// Returns the name of the fleet.
  String name();

  /// Takes a lease for a watcher, and makes its entry depend on it. The store removes the entry
  /// when the lease was not renewed for its whole duration.
  ///
  /// @param duration the lease's duration, in whole seconds
  void take(FleetHost host, Duration duration) throws IOException;

  /// Renews the lease that was taken last.
  ///
  /// @return false if the lease is lost, or the watcher's entry was removed: take another
  boolean renew() throws IOException;

  /// Returns everything in the store. The answer is as new as the last write that has ended.
  View look() throws IOException;

  /// Writes an instance of the watcher that has taken the lease, if nobody has written it meanwhile
  /// and the lease is not lost.
  ///
  /// @param revision the revision of the entry that this one replaces; 0 if there is none
  /// @param formerWatcher the watcher that wrote the former entry, which must hold no lease; null
  ///   if there is none, or it is the same watcher
  /// @return the new revision; 0 if a condition is not met, so that nothing was written
  long claim(FleetInstance instance, long revision, @Nullable String formerWatcher)
      throws IOException;

  /// Removes an instance, on the same conditions.
  ///
  /// @return whether it was removed
  boolean finish(String instanceId, long revision, @Nullable String formerWatcher)
      throws IOException;

  /// Gives the lease back, if one was taken. The watcher's entry is gone then.
  void leave() throws IOException;

  @Override
  void close();
}
