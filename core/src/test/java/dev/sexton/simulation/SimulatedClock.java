package dev.sexton.simulation;

import dev.sexton.internal.sweep.Ports;
import java.time.Duration;

/// A clock that advances only while someone waits.
///
/// Everything that is due happens then.
final class SimulatedClock implements Ports.SweepClock {
  private final Actor actor;

  SimulatedClock(Actor actor) {
    this.actor = actor;
  }

  @Override
  public long nanoTime() {
    return actor.world.nanos;
  }

  @Override
  public void sleep(Duration duration) {
    actor.before("sleep");
    actor.world.pass(duration.toNanos());
    actor.look();
  }
}
