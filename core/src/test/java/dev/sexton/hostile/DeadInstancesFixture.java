package dev.sexton.hostile;

import dev.sexton.InstanceReport;
import dev.sexton.SweepReport;
import dev.sexton.internal.lock.FileInstanceLocks;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecord.TrackedProcess;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.sweep.Ports;
import dev.sexton.internal.sweep.Sweep;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.internal.sweep.SystemClock;
import dev.sexton.internal.sweep.ThreadWorkers;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// A state directory with real processes: dead instances, live instances, and a sweep whose signals
/// can reach no other processes.
public final class DeadInstancesFixture implements AutoCloseable {
  /// The application of the instances in this fixture.
  public static final String APPLICATION = "deephaven-mcp";

  private final FileStateDirectory directory;
  private final GuardedProcessTable processes;
  private final List<Process> spawned = new ArrayList<>();

  /// An instance.
  ///
  /// @param id its UUID
  /// @param owner its owner process, dead or alive
  /// @param child the process that it tracks as `session`
  public record Instance(String id, Process owner, Process child) {}

  /// Creates a fixture in this directory.
  public DeadInstancesFixture(Path directory) throws IOException {
    this(directory, new GuardedProcessTable());
  }

  /// Creates a fixture in this directory, over this process table.
  public DeadInstancesFixture(Path directory, GuardedProcessTable processes) throws IOException {
    this.processes = processes;
    this.directory = new FileStateDirectory(directory, APPLICATION);
    this.directory.create();
  }

  /// Returns the state directory.
  public FileStateDirectory directory() {
    return directory;
  }

  /// Returns the process table, which lists the signals that it let through or refused.
  public GuardedProcessTable processes() {
    return processes;
  }

  /// Returns the path of a file in `instances/`.
  public Path file(String name) {
    return directory.path().resolve("instances").resolve(name);
  }

  /// Changes the text of an instance's record.
  ///
  /// @throws AssertionError if the change has no effect
  public void edit(Instance instance, UnaryOperator<String> change) throws IOException {
    Path record = file(instance.id() + ".json");
    String before = Files.readString(record);
    String after = change.apply(before);
    if (after.equals(before)) {
      throw new AssertionError("nothing to change in " + before);
    }
    Files.writeString(record, after);
  }

  /// Spawns a process that a sweep may signal.
  public Process spawn(String... command) throws IOException {
    Process process = unguarded(command);
    processes.allow(process.pid());
    return process;
  }

  /// Spawns a process that no sweep may signal.
  public Process unguarded(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    spawned.add(process);
    return process;
  }

  /// Spawns a process that sleeps for 15 minutes.
  public Process sleeper() throws IOException {
    return spawn("sleep", "900");
  }

  /// Returns a process that has ended and was reaped.
  public Process dead() throws IOException {
    Process process = sleeper();
    process.destroyForcibly().onExit().join();
    return process;
  }

  /// Returns the identity of an existing process.
  public ProcessIdentity identity(long pid) {
    if (processes.find(pid) instanceof ProcessLookup.Present present) {
      return new ProcessIdentity(processes.machine(), pid, present.process().start());
    }
    throw new IllegalArgumentException("no process " + pid);
  }

  /// Creates an instance whose owner was killed, with a child that outlived it.
  public Instance deadInstance() throws IOException {
    Process owner = sleeper();
    ProcessIdentity identity = identity(owner.pid());
    Process child = sleeper();
    Instance instance = new Instance(UUID.randomUUID().toString(), owner, child);
    write(instance, identity);
    owner.destroyForcibly().onExit().join();
    return instance;
  }

  /// Creates an instance whose owner is alive.
  public Instance liveInstance() throws IOException {
    Process owner = unguarded("sleep", "900");
    Instance instance =
        new Instance(UUID.randomUUID().toString(), owner, unguarded("sleep", "900"));
    write(instance, identity(owner.pid()));
    return instance;
  }

  private void write(Instance instance, ProcessIdentity owner) throws IOException {
    directory.replace(instance.id() + ".json", RecordWriter.write(record(instance, owner)));
  }

  /// Returns the record of an instance.
  public InstanceRecord record(Instance instance, ProcessIdentity owner) {
    ProcessIdentity child = identity(instance.child().pid());
    String now = Instant.now().toString();
    return InstanceRecord.builder(instance.id(), owner.pid(), now)
        .application(APPLICATION)
        .command("sleep 900")
        .owner(owner, false)
        .started(owner.start())
        .written(processes.now())
        .containers(ContainerUse.UNUSED)
        .processes(Map.of("session", new TrackedProcess(child.pid(), child, now, "sleep 900")))
        .build();
  }

  /// Sweeps with a grace period of half a second.
  public SweepReport sweep() {
    return sweep(List.of());
  }

  /// Sweeps only these instances.
  public SweepReport sweepOnly(Set<String> instanceIds) {
    return sweep(List.of(), instanceIds);
  }

  /// Sweeps with these engines.
  public SweepReport sweep(List<? extends ResourceProvider> providers) {
    return sweep(providers, Set.of());
  }

  /// Returns the ports of a sweep with these engines.
  public Ports ports(List<? extends ResourceProvider> providers) {
    return new Ports(
        processes,
        new FileInstanceLocks(),
        List.copyOf(providers),
        new SystemClock(),
        new ThreadWorkers());
  }

  private SweepReport sweep(List<? extends ResourceProvider> providers, Set<String> instanceIds) {
    SweepRequest request =
        SweepRequest.of(List.of(directory))
            .everywhere(instanceIds.isEmpty())
            .instanceIds(instanceIds)
            .grace(Duration.ofMillis(500))
            .build();
    return new Sweep(ports(providers), request).run();
  }

  /// Sets a file's modification time so far back that the file counts as settled.
  public static void settle(Path file) throws IOException, InterruptedException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      // The JDK would follow a link and would wait for the reader of a FIFO.
      Process touch =
          new ProcessBuilder("touch", "-h", "-d", "2001-01-01", file.toString()).start();
      touch.waitFor();
    } else {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofMinutes(5))));
    }
  }

  /// Returns what a report says about an instance.
  public static InstanceReport of(SweepReport report, String id) {
    return report.instances().stream()
        .filter(instance -> instance.instanceId().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing about " + id + " in " + report));
  }

  /// Waits until nothing is left of a process, not even a zombie.
  public static void awaitGone(Process process) {
    Await.until(
        "process " + process.pid() + " is gone",
        () -> !process.isAlive() && Proc.find(process.pid()) == null);
  }

  /// Returns the names of all files in `instances/`.
  public List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(file("."))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public void close() {
    for (Process process : spawned) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
