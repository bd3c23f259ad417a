package dev.sexton.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.internal.process.LinuxProcessTable;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.sweep.KeepList;
import dev.sexton.internal.sweep.KeepSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Tests what is remembered about an owner's descendants, on real processes.
@EnabledOnOs(OS.LINUX)
class WatchedInstanceTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final ProcessTable processes = new LinuxProcessTable(true);
  private final KeepList keep = KeepSource.defaults().list();
  private final String id = UUID.randomUUID().toString();

  @TempDir private Path state;
  private @Nullable Process started;

  @AfterEach
  void end() {
    if (started != null) {
      started.descendants().forEach(ProcessHandle::destroyForcibly);
      started.destroyForcibly();
    }
  }

  /// Starts an owner with a shell below it.
  ///
  /// The shell prints what it has started, and waits for a line before it continues.
  private WatchedInstance hold(String script, int schema) throws IOException {
    started = new ProcessBuilder("sh", "-c", script).start();
    ProcessInfo process = find(started.pid());
    return new WatchedInstance(
        new WatchedInstance.Location(new FileStateDirectory(state, "app"), id, null),
        process,
        record(process, schema),
        new byte[0],
        System.nanoTime());
  }

  private BufferedReader output() {
    return Objects.requireNonNull(started).inputReader();
  }

  private InstanceRecord record(ProcessInfo process, int schema) {
    return InstanceRecord.builder(id, process.pid(), "2026-01-01T00:00:00Z")
        .schema(schema)
        .application("app")
        .owner(new ProcessIdentity(processes.machine(), process.pid(), process.start()), false)
        .started(process.start())
        .written(process.start())
        .containers(ContainerUse.UNUSED)
        .keep(List.of("kept-*"))
        .build();
  }

  private ProcessInfo find(long pid) {
    return ((ProcessLookup.Present) processes.find(pid)).process();
  }

  private long read(BufferedReader lines) throws IOException {
    return Long.parseLong(lines.readLine());
  }

  private boolean look(WatchedInstance instance) {
    return instance.look(processes.snapshot(), processes, keep, System.nanoTime());
  }

  private static List<Long> pids(WatchedInstance instance) {
    return instance.descendants().stream().map(ProcessInfo::pid).sorted().toList();
  }

  private void await(long pid, String program) {
    Path file = Path.of("/proc/" + pid + "/cmdline");
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> Files.readString(file, StandardCharsets.UTF_8).startsWith(program + "\0"));
  }

  @Test
  void rememberedIsWhoHasLeftTheTreeTheSessionAndTheEnvironment() throws IOException {
    WatchedInstance instance =
        hold(
            """
            sh -c 'env -i setsid sleep 1000 & echo $!; echo $$; exec sleep 1000' & exec sleep 1000
            """,
            1);
    long apart;
    long middle;
    try (BufferedReader lines = output()) {
      apart = read(lines);
      middle = read(lines);
    }
    await(apart, "sleep");
    await(middle, "sleep");
    assertThat(look(instance)).isTrue();
    assertThat(pids(instance)).contains(apart, middle);

    ProcessHandle.of(middle).ifPresent(ProcessHandle::destroyForcibly);
    Awaitility.await().atMost(LIMIT).until(() -> find(apart).parent() != middle);
    look(instance);

    assertThat(pids(instance)).contains(apart);
    assertThat(instance.ending(System.nanoTime()).descendants())
        .anyMatch(one -> one.pid() == apart);

    ProcessHandle.of(apart).ifPresent(ProcessHandle::destroyForcibly);
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> {
          look(instance);
          return !pids(instance).contains(apart);
        });
  }

  @Test
  void whatIsKeptIsLeftOutWithAllBelowIt() throws IOException {
    Path program = state.resolve("kept-tool");
    Files.copy(Path.of("/bin/sh").toRealPath(), program);
    WatchedInstance instance =
        hold(
            """
            %s -c 'sleep 1000 & echo $!; wait' &
            SEXTON_KEEP=1 sh -c 'sleep 1000 & echo $!; wait' &
            SEXTON_INSTANCE=app:%s sh -c 'sleep 1000 & echo $!; wait' &
            SEXTON_INSTANCE=app:%s sh -c 'sleep 1000 & echo $!; wait' &
            wait
            """
                .formatted(program, UUID.randomUUID(), id),
            1);
    long[] below = new long[4];
    try (BufferedReader lines = output()) {
      for (int i = 0; i < below.length; i++) {
        below[i] = read(lines);
        await(below[i], "sleep");
      }
    }
    look(instance);
    assertThat(pids(instance)).hasSize(2);
    long own = -1;
    for (long pid : below) {
      if (id.equals(mark(pid))) {
        own = pid;
      }
    }
    assertThat(pids(instance)).contains(own, find(own).parent());
  }

  private String mark(long pid) {
    String instance = processes.mark(find(pid)).instance();
    return instance == null ? "" : instance.substring(instance.indexOf(':') + 1);
  }

  /// The original's records name their own processes.
  @Test
  void ofTheOriginalsServersNothingIsRemembered() throws IOException {
    WatchedInstance instance = hold("sleep 1000 & echo $!; wait", 0);
    try (BufferedReader lines = output()) {
      await(read(lines), "sleep");
    }
    assertThat(look(instance)).isFalse();
    assertThat(instance.descendants()).isEmpty();
  }

  /// A watcher that was suspended looks before it learns of the death.
  @Test
  void whoeverHasTheNumberOfADeadOwnerIsNotTheOwner() throws IOException {
    WatchedInstance instance = hold("sleep 1000 & echo $!; exec sleep 1000", 1);
    long child = read(output());
    look(instance);
    assertThat(pids(instance)).containsExactly(child);
    ProcessInfo owner = instance.owner();
    ProcessInfo stranger = ProcessInfo.identified(owner.pid(), owner.start().plus(1));
    ProcessInfo strangers = below(stranger, child + 1);
    ProcessInfo own = find(child);
    ProcessSnapshot later = new ProcessSnapshot(List.of(stranger, strangers, own));

    instance.look(later, processes, keep, System.nanoTime());

    assertThat(pids(instance)).containsExactly(child);
  }

  private static ProcessInfo below(ProcessInfo parent, long pid) {
    return new ProcessInfo(
        pid,
        parent.start(),
        new ProcessInfo.Ancestry(parent.pid(), pid),
        ProcessInfo.State.RUNNING,
        ProcessInfo.Image.UNKNOWN);
  }

  @Test
  void anOwnerWasSeenToDieIfItWasSeenAliveJustBefore() throws IOException {
    WatchedInstance instance = hold("exec sleep 1000", 1);
    long now = System.nanoTime();
    instance.look(processes.snapshot(), processes, keep, now);
    long second = Duration.ofSeconds(1).toNanos();

    assertThat(instance.ending(now + second).owner()).isEqualTo(instance.owner());
    assertThat(instance.ending(now + 3600 * second).owner()).isNull();
  }
}
