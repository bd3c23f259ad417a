package dev.sexton.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.instance.OthersRecord;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.Sighting;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectory;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a record says of a session whose leader has ended, in worlds short enough to be read. */
class OthersRecordTest {
  private final String id = new UUID(1, 2).toString();
  private final World world = new World(1);
  private final Actor reaper = new Actor(world, born(world.init), false, () -> {});
  private final WorldProcess server = born(world.init);
  private ProcessInfo owner = info(server);
  private StateDirectory directory = reaper.directory;
  private long written;

  @TempDir private Path state;

  private WorldProcess born(WorldProcess maker) {
    world.pass(World.SECOND);
    return world.spawn(maker, World.USER);
  }

  private ProcessInfo info(WorldProcess process) {
    return ((Sighting.Present) reaper.processes.find(process.pid)).process();
  }

  private long written() throws Exception {
    String name = StateDirectory.recordOf(id);
    return directory.read(name).record(name).writtenUnits();
  }

  @BeforeEach
  void register() throws Exception {
    world.lead(server);
    owner = info(server);
    directory = new FileStateDirectory(state, World.APPLICATION); // Nobody judges what is in it.
    OthersRecord.register(directory, reaper.processes, owner, id, "name", "command", false);
    written = written();
  }

  private void note(long held) throws Exception {
    OthersRecord.noteSession(directory, reaper.processes, id, owner, held);
  }

  @Test
  void whoWasBornBeforeTheOwnersEndHasHeldTheSessionSince() throws Exception {
    born(server);
    world.pass(World.SECOND);
    long held = world.ticks();
    world.die(server, false);
    world.pass(World.SECOND);

    note(held);

    assertThat(written()).isEqualTo(held).isGreaterThan(written);
  }

  @Test
  void whoWasBornLaterProvesNothing() throws Exception {
    long held = world.ticks();
    born(server);
    world.die(server, false);

    note(held);

    assertThat(written()).isEqualTo(written);
  }

  @Test
  void aStrangerUnderTheNumberLeadsASessionOfItsOwn() throws Exception {
    world.die(server, false);
    world.pass(World.SECOND);
    WorldProcess stranger = world.spawn(world.init, World.USER, world.host, server.pid);
    world.lead(stranger);
    born(stranger);

    note(world.ticks());

    assertThat(stranger.pid).isEqualTo(server.pid);
    assertThat(written()).isEqualTo(written);
  }

  @Test
  void aRecordThatIsGoneIsNotMadeAgain() throws Exception {
    born(server);
    long held = world.ticks();
    world.die(server, false);
    directory.delete(StateDirectory.recordOf(id));

    note(held);

    assertThat(directory.list()).isEmpty();
  }
}
