package dev.sexton.internal.fleet;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.sexton.Liveness;
import dev.sexton.internal.http.DaemonThread;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Keeps the entries of one watcher in the store of a fleet: the watcher's own entry, which depends
/// on a lease, and one for each of its instances, which stay until somebody removes them. All
/// writes are conditional, so nothing that another watcher with a lease has published is
/// overwritten.
///
/// A failure of the store has no effect on the watcher: it is logged once, and the next round tries
/// again.
public final class FleetMember implements AutoCloseable {
  /// The duration of a lease. It is six renewals long.
  public static final Duration DURATION = Duration.ofSeconds(30);

  private static final int RENEWALS_PER_LEASE = 6;

  /// After this many renewals everything is read again, to notice what others have changed.
  private static final int RENEWALS_PER_LOOK = 12;

  /// The same while another watcher's lease keeps something from being published. After a watcher
  /// was killed, the next one waits for this.
  private static final int RENEWALS_PER_LOOK_WHILE_WAITING = 3;

  /// How long after a change the next round begins.
  private static final Duration SETTLING = Duration.ofMillis(100);

  /// How long the end of the process may wait for a round.
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(1);

  private static final Logger LOG = System.getLogger("dev.sexton");

  private final Fleet fleet;
  private final FleetHost self;
  private final Duration lease;
  private final Predicate<FleetInstance> endedHere;
  private final Semaphore changes = new Semaphore(0);
  private final AtomicReference<Map<String, FleetInstance>> wanted =
      new AtomicReference<>(Map.of());

  /// Held for each round, and guards everything below.
  private final ReentrantLock turn = new ReentrantLock();

  /// What the store has, as far as it is known; null if it must be read.
  private Fleet.@Nullable View seen;

  /// The entries that this watcher has written, by UUID.
  private final Map<String, Fleet.Entry> written = new HashMap<>();

  private boolean isMember;
  private long lookedAt;
  private boolean isWaiting;
  private String problem = "";
  private volatile boolean isClosed;

  /// Creates a member, which does nothing yet. It closes the fleet.
  ///
  /// @param duration the duration of a lease, in whole seconds
  /// @param endedHere whether an instance that another watcher published ended on this host: that
  ///   watcher ran here, and the instance has no record any more
  public FleetMember(
      Fleet fleet, FleetHost self, Duration duration, Predicate<FleetInstance> endedHere) {
    this.fleet = fleet;
    this.self = self;
    this.lease = duration;
    this.endedHere = endedHere;
  }

  /// Begins to renew the lease, on a thread of its own.
  ///
  /// @throws IOException if the system permits no further thread
  public void start() throws IOException {
    var _ = DaemonThread.start("sexton-fleet", this::stay);
  }

  private void stay() {
    while (!isClosed) {
      round();
      try {
        if (changes.tryAcquire(pause().toMillis(), MILLISECONDS)) {
          Thread.sleep(SETTLING); // Several often change together.
          changes.drainPermits();
        }
      } catch (InterruptedException end) {
        return;
      }
    }
  }

  private Duration pause() {
    return lease.dividedBy(RENEWALS_PER_LEASE);
  }

  /// Sets what the store should have from now on. It is written soon.
  ///
  /// @param instances the instances by UUID, each seen by this watcher
  public void publish(Map<String, FleetInstance> instances) {
    Map<String, FleetInstance> now = Map.copyOf(instances);
    if (!now.equals(wanted.getAndSet(now))) {
      changes.release();
    }
  }

  /// Renews the lease, or takes one, and writes what has changed. Never fails.
  public void round() {
    turn.lock();
    try {
      if (!isClosed) {
        tell(attempt());
      }
    } finally {
      turn.unlock();
    }
  }

  /// Returns why the round failed; empty if it has not.
  private String attempt() {
    try {
      if (!isMember || !fleet.renew()) {
        isMember = false;
        fleet.take(self, lease);
        isMember = true;
        seen = null; // The store may have been emptied, or set back.
      }
      int renewals = isWaiting ? RENEWALS_PER_LOOK_WHILE_WAITING : RENEWALS_PER_LOOK;
      if (seen == null
          || System.nanoTime() - lookedAt >= pause().multipliedBy(renewals).toNanos()) {
        look();
      }
      isWaiting = false;
      write();
      return "";
    } catch (IOException failed) {
      seen = null;
      return String.valueOf(failed.getMessage());
    } catch (RuntimeException unexpected) {
      seen = null;
      return "an unexpected error: " + unexpected;
    }
  }

  /// Logs a problem when it begins and when it is over.
  private void tell(String now) {
    boolean isNews = now.isEmpty() != problem.isEmpty();
    problem = now;
    if (isNews) {
      LOG.log(
          now.isEmpty() ? Level.INFO : Level.WARNING,
          "fleet {0}: {1}",
          fleet.name(),
          now.isEmpty() ? "published again" : now);
    }
  }

  private void look() throws IOException {
    Fleet.View view = fleet.look();
    lookedAt = System.nanoTime();
    seen = view;
    written.clear();
    view.instances()
        .forEach((id, entry) -> {
          if (isOurs(entry.instance())) {
            written.put(id, entry);
          }
        });
  }

  private boolean isOurs(FleetInstance instance) {
    return instance.seenBy().watcher().equals(self.watcher());
  }

  /// Writes what has changed, until the next renewal is due.
  private void write() throws IOException {
    Fleet.View view = seen;
    long until = System.nanoTime() + pause().toNanos();
    Map<String, FleetInstance> now = wanted.get();
    for (FleetInstance instance : now.values()) {
      if (view == null || System.nanoTime() - until >= 0) {
        return;
      }
      publish(instance, view);
    }
    for (Fleet.Entry entry : Map.copyOf(written).values()) {
      String id = entry.instance().instanceId();
      if (!now.containsKey(id) && view != null && System.nanoTime() - until < 0) {
        expect(fleet.finish(id, entry.revision(), null));
        written.remove(id);
      }
    }
    removeOld(now, view);
  }

  /// Removes what an earlier watcher of this host has left.
  private void removeOld(Map<String, FleetInstance> now, Fleet.@Nullable View view)
      throws IOException {
    if (view == null) {
      return;
    }
    for (Fleet.Entry entry : view.instances().values()) {
      FleetInstance instance = entry.instance();
      if (!isOurs(instance)
          && !view.isRenewed(instance)
          && !now.containsKey(instance.instanceId())
          && endedHere.test(instance)) {
        expect(fleet.finish(instance.instanceId(), entry.revision(), instance.seenBy().watcher()));
        seen = null;
      }
    }
  }

  private void publish(FleetInstance instance, Fleet.View view) throws IOException {
    String id = instance.instanceId();
    Fleet.Entry ours = written.get(id);
    Fleet.Entry others = ours == null ? view.instances().get(id) : null;
    if (view.unreadable().contains(id)
        || (ours != null && isSame(ours.instance(), instance))
        || (others != null && !mayReplace(others.instance(), instance, view))) {
      isWaiting |= others != null;
      return;
    }
    long revision = ours != null ? ours.revision() : others != null ? others.revision() : 0;
    String former =
        others == null || isOurs(others.instance()) ? null : others.instance().seenBy().watcher();
    long now = fleet.claim(instance, revision, former);
    expect(now != 0);
    if (now != 0) {
      written.put(id, new Fleet.Entry(instance, now));
    }
  }

  /// Returns whether an entry of another watcher may be replaced. A clone of a machine has the same
  /// records, and cannot tell whether their owners live. An entry of ours that was finished is
  /// gone.
  private boolean mayReplace(FleetInstance theirs, FleetInstance instance, Fleet.View view) {
    return isOurs(theirs)
        || (!view.isRenewed(theirs) && instance.state().liveness() != Liveness.UNKNOWN);
  }

  private static boolean isSame(FleetInstance one, FleetInstance other) {
    return FleetJson.write(one).equals(FleetJson.write(other));
  }

  /// Has the next round read everything if the store is not as expected.
  private void expect(boolean met) {
    if (!met) {
      seen = null;
    }
  }

  /// Gives the lease back, and closes the fleet. The instances that still have a record stay in the
  /// store: without a lease, others see them as UNKNOWN.
  @Override
  public void close() {
    isClosed = true;
    leave();
  }

  private void leave() {
    boolean isFree = false;
    try {
      isFree = turn.tryLock(LEAVE_LIMIT.toMillis(), MILLISECONDS);
      if (isFree && isMember) {
        isMember = false;
        fleet.leave();
      }
    } catch (IOException expires) {
      LOG.log(Level.DEBUG, "fleet {0}: the lease expires by itself: {1}", fleet.name(), expires);
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
    } finally {
      if (isFree) {
        turn.unlock();
      }
      fleet.close();
    }
  }
}
