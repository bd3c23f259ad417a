package dev.sexton.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessInfo.State;
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

/// Bugs that the simulation found, each as a story that is short enough to read.
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
    sweeper.beginSweep();
    new Sweep(sweeper.ports(), request(sweeper, assumeDead)).run();
  }

  private SweepRequest request(Actor sweeper, boolean assumeDead) {
    return SweepRequest.of(List.of(sweeper.directory))
        .everywhere(true)
        .instanceIds(Set.of(instance.id))
        .assumeDead(assumeDead)
        .grace(Duration.ofSeconds(1))
        .build();
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
    WorldProcess stubborn = launchStubborn(server);
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

  /// Launches a process that ignores SIGTERM.
  private static WorldProcess launchStubborn(SextonServer server) {
    WorldProcess stubborn = server.launch();
    stubborn.temper = WorldProcess.Temper.IGNORES;
    return stubborn;
  }

  private SextonServer register(WorldProcess process, UUID id) {
    WorldInstance registered =
        new WorldInstance(
            id.toString(), WorldInstance.Kind.SEXTON, process, World.USER, world.bootId());
    world.instances.add(registered);
    SextonServer other =
        new SextonServer(world, new Actor(world, process, true, () -> {}), registered);
    other.register();
    return other;
  }

  private WorldProcess serverBelow(WorldProcess parent) {
    WorldProcess inner = world.spawn(parent, World.USER);
    register(inner, new UUID(3, 4));
    return inner;
  }

  @Test
  void aServerThatSweepsTheDeadOneThatStartedItKeepsItsOwnChildren() {
    WorldProcess launched = server.launch();
    WorldProcess inner = serverBelow(launched);
    WorldProcess child = world.spawn(inner, World.USER);
    world.die(owner, false);
    Actor sweeper = new Actor(world, inner, true, () -> {});
    sweeper.beginSweep();

    new Sweep(sweeper.ports(), request(sweeper, false)).run();

    assertThat(child.isAlive()).isTrue();
  }

  /// The record is removed although a process that it names is still there, because a process above
  /// that one is kept.
  @Test
  void whatALiveServerAdoptsMayBeItsOwnIfItStartedInTheTickOfTheDeadOne() {
    WorldProcess adopted = adoptedByALiveServer(0);

    sweep(World.USER, false, () -> {});

    assertThat(adopted.isAlive()).isTrue();
    assertThat(world.files.get(instance.id + ".json")).isNull();
  }

  @Test
  void whatALiveServerAdoptsIsEndedIfItStartedATickBeforeTheDeadOne() {
    WorldProcess adopted = adoptedByALiveServer(World.TICK_NANOS);

    sweep(World.USER, false, () -> {});

    assertThat(adopted.isAlive()).isFalse();
    assertThat(world.files.get(instance.id + ".json")).isNull();
  }

  /// Returns a process that a dead server recorded.
  ///
  /// @param nanos how much earlier the live server that adopted it had started
  private WorldProcess adoptedByALiveServer(long nanos) {
    WorldProcess outer = world.spawn(world.init, World.USER);
    outer.subreaper = true;
    register(outer, new UUID(3, 4));
    world.pass(nanos);
    WorldProcess inner = world.spawn(outer, World.USER);
    SextonServer dead = register(inner, new UUID(1, 7));
    instance = dead.instance;
    world.pass(World.SECOND);
    WorldProcess adopted = dead.launch();
    dead.track(adopted);
    world.die(inner, false);
    assertThat(adopted.parent).isEqualTo(outer);
    return adopted;
  }

  @Test
  void aServerInsideADeadOneIsSparedWhenTheRecordsBecomeUnreadableDuringTheSweep() {
    WorldProcess launched = launchStubborn(server);
    server.track(launched);
    WorldProcess inner = serverBelow(launched);
    world.die(owner, false);

    sweep(World.USER, false, () -> world.files.unreadable |= launched.state == State.STOPPED);

    assertThat(world.files.unreadable).isTrue();
    assertThat(launched.isAlive()).isFalse();
    assertThat(inner.isAlive()).isTrue();
  }

  @Test
  void aServerInAContainerIsKnownFromOutsideByItsStart() {
    Namespace container = new Namespace("pid:[4026533001]", 30);
    WorldProcess first = world.spawn(world.init, World.ROOT, container, 0);
    WorldProcess outer = world.spawn(first, World.USER, container, 0);
    SextonServer inside = register(outer, new UUID(1, 3));
    instance = inside.instance;
    WorldProcess launched = inside.launch();
    world.pass(World.SECOND); // Otherwise the start times would be the same.
    WorldProcess inner = serverBelow(launched);
    world.die(outer, false);

    sweep(World.USER, false, () -> {});

    assertThat(launched.isAlive()).isFalse();
    assertThat(inner.isAlive()).isTrue();
  }

  @Test
  void aServerThatWasThereBeforeItsParentRegisteredKeepsItsOwnChildren() {
    WorldProcess outer = world.spawn(world.init, World.USER);
    world.lead(outer);
    world.pass(World.SECOND); // Otherwise the start times would be the same.
    WorldProcess inner = serverBelow(outer);
    world.pass(World.SECOND);
    instance = register(outer, new UUID(1, 4)).instance;
    WorldProcess child = world.spawn(inner, World.USER);
    WorldProcess own = world.spawn(outer, World.USER);
    own.mark = instance.mark();
    world.die(outer, false);

    sweep(World.USER, false, () -> {});

    assertThat(child.session).isEqualTo(outer);
    assertThat(child.isAlive()).isTrue();
    assertThat(own.isAlive()).isFalse();
  }

  /// By the wall clock, the inner server is then older than the original whose session it is in.
  @Test
  void aServerInTheSessionOfADeadOriginalKeepsItsChildrenAfterTheClockWasSetBack() {
    WorldProcess outer = world.spawn(world.init, World.USER);
    world.lead(outer);
    instance =
        new WorldInstance(
            new UUID(1, 6).toString(),
            WorldInstance.Kind.ORIGINAL,
            outer,
            World.USER,
            world.bootId());
    world.instances.add(instance);
    OriginalServer original = new OriginalServer(world, instance, outer);
    world.pass(World.SECOND);
    SextonServer inside = register(world.spawn(outer, World.USER), new UUID(3, 4));
    world.pass(500 * World.SECOND);
    WorldProcess child = inside.launch();
    WorldProcess own = original.launch();
    world.setClock(-400 * World.SECOND);
    world.pass(10 * World.SECOND);
    original.track(own);
    world.die(outer, false);

    sweep(World.USER, false, () -> {});

    assertThat(child.session).isEqualTo(outer);
    assertThat(child.isAlive()).isTrue();
    assertThat(own.isAlive()).isFalse();
  }

  @Test
  void aControlGroupIsNotKilledForWhatIsHiddenInIt() {
    world.hasGroups = true;
    world.hidesOtherUsers = true;
    WorldProcess stubborn = launchStubborn(server);
    WorldProcess hidden = world.spawn(stubborn, World.OTHER_USER);
    world.die(owner, false);

    sweep(World.USER, false, () -> {});

    assertThat(hidden.group).isNotNull().isEqualTo(stubborn.group);
    assertThat(hidden.isAlive()).isTrue();
    assertThat(stubborn.isAlive()).isFalse();
  }

  @Test
  void aControlGroupIsNotKilledFromAContainerThatSeesOnlyPartOfIt() {
    world.hasGroups = true;
    world.pass(World.SECOND); // Otherwise the start times would be those of the other server.
    Namespace container = new Namespace("pid:[4026533001]", 30);
    WorldProcess first = world.spawn(world.init, World.ROOT, container, 0);
    WorldProcess outer = world.spawn(first, World.USER, container, 0);
    SextonServer inside = register(outer, new UUID(1, 5));
    instance = inside.instance;
    WorldProcess stubborn = launchStubborn(inside);
    WorldProcess onTheHost = world.spawn(world.init, World.USER);
    onTheHost.group = stubborn.group;
    world.die(outer, false);
    Actor sweeper = new Actor(world, world.spawn(first, World.USER, container, 0), true, () -> {});
    sweeper.beginSweep();

    new Sweep(sweeper.ports(), request(sweeper, false)).run();

    assertThat(stubborn.isAlive()).isFalse();
    assertThat(onTheHost.isAlive()).isTrue();
  }

  @Test
  void whatJoinsWhileAControlGroupIsLookedAtIsEndedToo() {
    world.hasGroups = true;
    WorldProcess stubborn = launchStubborn(server);
    world.die(owner, false);
    WorldProcess[] late = new WorldProcess[1];

    sweep(
        World.USER,
        false,
        () -> {
          if (late[0] == null && stubborn.state == ProcessInfo.State.STOPPED) {
            late[0] = world.spawn(stubborn, World.USER); // A fork was already under way.
            late[0].parent = world.init;
            late[0].mark = null;
            world.lead(late[0]);
            late[0].temper = WorldProcess.Temper.IGNORES;
          }
        });

    assertThat(late[0].isAlive()).isFalse();
    assertThat(stubborn.isAlive()).isFalse();
    assertThat(world.groups).isEmpty();
  }

  @Test
  void whatIsBelowARecordedBrowserGoesWithIt() {
    WorldProcess browser = server.launch();
    browser.program = WorldProcess.Program.BROWSER;
    server.track(browser);
    WorldProcess below = world.spawn(browser, World.USER);
    world.die(owner, false);

    sweep(World.USER, false, () -> {});

    assertThat(browser.isAlive()).isFalse();
    assertThat(below.isAlive()).isFalse();
    assertThat(world.files.get(instance.id + ".json")).isNull();
  }
}
