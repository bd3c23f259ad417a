package dev.sexton.internal.sweep;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.Outcome;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.hostile.DeadInstancesTestBase;
import dev.sexton.internal.lock.FileInstanceLocks;
import dev.sexton.internal.lock.InstanceLocks;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.sweep.Ports.SweepClock;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.ProcScan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Tests that what only the stopper of a live instance knows is not lost.
class InstanceStopperTest extends DeadInstancesTestBase {
  /// Nothing but its parent shows which instance the child belongs to.
  private static final String SERVER = "env -i setsid sleep 900 & echo $!; wait; sleep 900";

  /// How much faster than the real one the sweep's clock is.
  private static final int FASTER = 20;

  /// Another sweeper has claimed every instance, and never finishes.
  private static final InstanceLocks CLAIMED =
      new InstanceLocks() {
        @Override
        public OwnerByte probeOwner(Path lockFile) {
          return new FileInstanceLocks().probeOwner(lockFile);
        }

        @Override
        public @Nullable Held lockAsOwner(Path lockFile) throws IOException {
          return new FileInstanceLocks().lockAsOwner(lockFile);
        }

        @Override
        public @Nullable Held lockAsSweeper(Path lockFile) {
          return null;
        }
      };

  private static final SweepClock FAST =
      new SweepClock() {
        @Override
        public long nanoTime() {
          return System.nanoTime() * FASTER;
        }

        @Override
        public void sleep(Duration duration) {
          LockSupport.parkNanos(duration.toNanos() / FASTER);
        }
      };

  @Test
  void aSweeperThatDoesNotFinishProtectsNothingBelowTheOwner() throws IOException {
    Process owner = graveyard.spawn("sh", "-c", SERVER);
    long child = child(owner);
    String id = register(owner);

    InstanceStopper.Result result = stop(id);

    assertThat(result.owner().outcome()).isIn(Outcome.STOPPED, Outcome.KILLED);
    Await.until("the child is gone", () -> ProcScan.isGone(child));
    assertThat(result.leftovers().rest()).contains("another sweeper is working on it");
    assertThat(graveyard.names()).contains(id + ".json");
  }

  @Test
  void theRecordMayBeGoneAlready() throws IOException {
    Process owner = graveyard.spawn("sh", "-c", SERVER);
    long child = child(owner);
    InstanceRecord record = record(owner);
    ProcessInfo seen = find(child);
    User user = graveyard.processes().user(seen);
    owner.destroyForcibly().onExit().join();

    InstanceStopper.Result result =
        stopper(
                record.instanceId(),
                graveyard.ports(List.of()),
                new InstanceStopper.Cause(
                    "its owner died", false, new Ending(null, List.of(seen), false)))
            .finish(record, user);

    assertThat(result.owner().outcome()).isEqualTo(Outcome.GONE);
    assertThat(result.leftovers().rest()).isEmpty();
    Await.until("the child is gone", () -> ProcScan.isGone(child));
    assertThat(graveyard.names()).isEmpty();
  }

  /// A server often ends with its client, and so before a watcher can stop it.
  @Test
  void theOwnerMayHaveEndedAMomentAgo() throws IOException {
    Process owner =
        graveyard.spawn("setsid", "sh", "-c", "read go; env -i sleep 900 & echo $!; wait");
    Await.until("it leads a session", () -> find(owner.pid()).session() == owner.pid());
    ProcessInfo seen = find(owner.pid());
    String id = register(owner);
    owner.outputWriter(US_ASCII).append("\n").flush();
    long child = child(owner);
    owner.destroyForcibly().onExit().join();
    Ports ports = graveyard.ports(List.of());

    Ending known = new Ending(seen, List.of(), false);
    stopper(id, ports, new InstanceStopper.Cause("its client ended", false, known)).stop();

    Await.until("the child is gone", () -> ProcScan.isGone(child));
    assertThat(graveyard.names()).isEmpty();
  }

  /// Returns the child of a server that only its parent shows to belong to it.
  private long child(Process owner) throws IOException {
    long child = Long.parseLong(owner.inputReader(US_ASCII).readLine());
    graveyard.processes().allow(child);
    Await.until("the child is a sleep", () -> ProcScan.commandLine(child).startsWith("sleep"));
    return child;
  }

  private ProcessInfo find(long pid) {
    return ((ProcessLookup.Present) graveyard.processes().find(pid)).process();
  }

  private String register(Process owner) throws IOException {
    InstanceRecord record = record(owner);
    graveyard.directory().replace(record.instanceId() + ".json", RecordWriter.write(record));
    return record.instanceId();
  }

  private InstanceRecord record(Process owner) {
    ProcessIdentity identity = graveyard.identity(owner.pid());
    return InstanceRecord.builder(
            UUID.randomUUID().toString(), owner.pid(), Instant.now().toString())
        .application(DeadInstancesFixture.APPLICATION)
        .owner(identity, false)
        .started(identity.start())
        .written(graveyard.processes().now())
        .containers(ContainerUse.UNUSED)
        .build();
  }

  private InstanceStopper.Result stop(String id) {
    Ports real = graveyard.ports(List.of());
    Ports ports = new Ports(real.processes(), CLAIMED, List.of(), FAST, real.workers());
    return stopper(id, ports, InstanceStopper.Cause.COMMAND).stop();
  }

  private InstanceStopper stopper(String id, Ports ports, InstanceStopper.Cause cause) {
    SweepRequest request =
        SweepRequest.of(List.of(graveyard.directory()))
            .instanceIds(Set.of(id))
            .grace(Duration.ofSeconds(10))
            .build();
    return new InstanceStopper(ports, request, cause);
  }
}
