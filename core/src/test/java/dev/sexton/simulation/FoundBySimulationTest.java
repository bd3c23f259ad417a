package dev.sexton.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.sweep.Sweep;
import dev.sexton.internal.sweep.SweepRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the simulation found, each as a story short enough to be read. */
class FoundBySimulationTest {
  private final World world = new World(1);
  private WorldProcess owner = world.init;
  private WorldInstance instance = instance();
  private SextonServer server = server();

  @BeforeEach
  void register() {
    owner = world.spawn(world.init, World.USER);
    instance = instance();
    world.instances.add(instance);
    server = server();
    server.register();
  }

  private WorldInstance instance() {
    String id = new UUID(1, 2).toString();
    return new WorldInstance(id, WorldInstance.Kind.SEXTON, owner, World.USER, world.bootId());
  }

  private SextonServer server() {
    return new SextonServer(world, new Actor(world, owner, true, () -> {}), instance);
  }

  private void sweep(int uid, boolean assumeDead, Runnable meanwhile) {
    Actor sweeper = new Actor(world, world.spawn(world.init, uid), true, meanwhile);
    SweepRequest request =
        new SweepRequest(
            List.of(sweeper.directory),
            true,
            Set.of(instance.id),
            assumeDead,
            false,
            Duration.ofSeconds(1),
            SweepRequest.Progress.NONE);
    new Sweep(sweeper.ports(), request).run();
  }

  private Inode record() {
    return Objects.requireNonNull(world.files.get(instance.id + ".json"));
  }

  @Test
  void nobodyMayAssumeThatTheHolderOfTheLockIsDead() {
    String text = new String(record().bytes, StandardCharsets.UTF_8);
    record().bytes =
        text.replace("\"schema\": 1", "\"schema\": 2").getBytes(StandardCharsets.UTF_8);

    sweep(World.USER, true, () -> {});

    assertThat(record().has("\"sweep\"")).isFalse();
  }

  @Test
  void aProcessThatHadEndedWhenItWasTrackedIsNotWhoeverGetsItsNumber() {
    WorldProcess child = server.launch();
    world.die(child, false);
    server.track(child);
    world.pass(World.SECOND);
    WorldProcess stranger = world.spawn(world.init, World.USER, world.host, child.pid);
    server.track(server.launch());
    world.die(owner, false);

    sweep(World.USER, false, () -> {});

    assertThat(stranger.pid).isEqualTo(child.pid);
    assertThat(stranger.isAlive()).isTrue();
  }

  @Test
  void aSessionThatEmptiedBetweenTwoLooksMayBeAStrangers() {
    WorldProcess leader = server.launch();
    world.lead(leader);
    server.track(leader);
    WorldProcess stubborn = server.launch();
    stubborn.temper = WorldProcess.Temper.IGNORES;
    server.track(stubborn);
    world.die(owner, false);
    WorldProcess[] member = new WorldProcess[1];

    sweep(
        World.USER,
        false,
        () -> {
          if (member[0] == null
              && leader.died
              && world.nanos > leader.diedAtNanos + 2 * World.TICK_NANOS) {
            WorldProcess stranger = world.spawn(world.init, World.USER, world.host, leader.pid);
            world.lead(stranger);
            member[0] = world.spawn(stranger, World.USER);
            world.die(stranger, false);
          }
        });

    assertThat(member[0].session.pid).isEqualTo(leader.pid);
    assertThat(member[0].isAlive()).isTrue();
    assertThat(stubborn.isAlive()).isFalse();
  }
}
