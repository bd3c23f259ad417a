package dev.sexton.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceInfo;
import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.SweepReport;
import dev.sexton.Watcher;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.process.StartUnit;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.InstanceStopper;
import dev.sexton.internal.sweep.KeepList;
import dev.sexton.internal.sweep.KeepSource;
import dev.sexton.internal.sweep.Ports.SweepClock;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests the loop with a fake kernel and fake sweeps.
///
/// Only this can show a day in a second.
class WatchLoopTest {
  private static final int SECONDS_OF_A_DAY = 24 * 60 * 60;

  @TempDir Path home;

  private final Map<String, Long> owners = new HashMap<>();
  private final Set<Long> living = new HashSet<>();
  private final Set<Long> locksLinger = new HashSet<>();
  private final Set<ProcessInfo> watchedProcesses = new HashSet<>();
  private final List<String> swept = new ArrayList<>();
  private final Set<String> sweptByItself = new HashSet<>();
  private final Map<String, ProcessInfo> witnessed = new LinkedHashMap<>();
  private Map<String, ProcessInfo> heldInSweepOfAll = Map.of();
  private FileStateDirectory directory;
  private Path instances;
  private long nextPid = 1000;
  private WatchLoop watcher;

  @BeforeEach
  void prepare() throws IOException {
    instances = Files.createDirectories(home.resolve("instances"));
    directory = new FileStateDirectory(home, "deephaven-mcp");
    watcher =
        new WatchLoop(
            new WatcherPorts(
                new FakeSweeps(), table(), new FakeDeathWatch(), Runnable::run, new FakeClock()),
            new Listener(),
            Duration.ofSeconds(5));
  }

  private String appear() throws IOException {
    String id = UUID.randomUUID().toString();
    long pid = nextPid++;
    owners.put(id, pid);
    living.add(pid);
    Files.createFile(instances.resolve(id + ".json"));
    return id;
  }

  private ProcessInfo process(String id) {
    long pid = owners.getOrDefault(id, 0L);
    return new ProcessInfo(
        pid,
        StartTime.ticks(pid),
        new ProcessInfo.Ancestry(1, pid),
        ProcessInfo.State.RUNNING,
        ProcessInfo.Image.UNKNOWN);
  }

  private DeathWatch.News news(String id) {
    return new DeathWatch.News.Appeared(instances, id + ".json");
  }

  private void die(String id) {
    living.remove(owners.get(id));
    if (watchedProcesses.remove(process(id))) {
      watcher.react(List.of(new DeathWatch.News.Ended(process(id))));
    }
  }

  @Test
  void sweepsWhatItSawDie() throws IOException {
    String first = appear();
    watcher.lookEverywhere();
    String second = appear();
    watcher.react(List.of(news(second)));
    assertThat(watcher.size()).isEqualTo(2);
    ProcessInfo owner = process(second);

    die(second);

    assertThat(swept).containsExactly(second);
    assertThat(witnessed).containsExactlyEntriesOf(Map.of(second, owner));
    assertThat(watcher.size()).isEqualTo(1);
    assertThat(Files.exists(instances.resolve(first + ".json"))).isTrue();
  }

  @Test
  void looksAgainWhileTheKernelStillHoldsTheLock() throws IOException {
    String id = appear();
    watcher.lookEverywhere();
    locksLinger.add(owners.get(id));
    die(id);
    assertThat(swept).containsExactly(id);
  }

  @Test
  void sweepsAtFirstSightWhatDiedBefore() throws IOException {
    watcher.lookEverywhere();
    String id = appear();
    living.remove(owners.get(id));
    watcher.react(List.of(news(id)));
    assertThat(swept).containsExactly(id);
    assertThat(witnessed).isEmpty();
  }

  /// A tombstone is dead at every interval. A separate sweep of it would be a second sweep.
  @Test
  void sweepsOnceWhatTheIntervalFindsDead() throws IOException {
    String id = appear();
    living.remove(owners.get(id));
    watcher.lookEverywhere();
    assertThat(swept).containsExactly(id);
    assertThat(sweptByItself).isEmpty();
  }

  @Test
  void forgetsWhatWasUnregistered() throws IOException {
    String id = appear();
    watcher.lookEverywhere();
    Files.delete(instances.resolve(id + ".json"));
    watcher.lookEverywhere();
    assertThat(watcher.size()).isZero();
    assertThat(watchedProcesses).isEmpty();
    assertThat(swept).isEmpty();
  }

  @Test
  void theSweepOfEverythingKnowsWhoIsHeld() throws IOException {
    String id = appear();
    watcher.lookEverywhere();
    assertThat(heldInSweepOfAll).containsExactlyEntriesOf(Map.of(id, process(id)));
  }

  @Test
  void looksAtAllOfADirectoryOfWhichTooMuchIsTold() throws IOException {
    watcher.lookEverywhere();
    appear();
    watcher.react(List.of(new DeathWatch.News.Appeared(instances, "")));
    assertThat(watcher.size()).isEqualTo(1);
  }

  @Test
  void aDayOfEventsLeavesNothingBehind() throws IOException {
    Random random = new Random(42);
    List<String> present = new ArrayList<>();
    int died = 0;
    for (int second = 0; second < SECONDS_OF_A_DAY; second++) {
      if (second % 5 == 0 && (second % 300 == 0 || random.nextInt(20) == 0)) {
        watcher.lookEverywhere();
      }
      if (present.size() < 20 && random.nextInt(8) == 0) {
        String id = appear();
        present.add(id);
        if (random.nextInt(10) > 0) { // Some are found only by the interval.
          watcher.react(List.of(news(id)));
        }
      }
      if (!present.isEmpty() && random.nextInt(10) == 0) {
        String id = present.remove(random.nextInt(present.size()));
        if (random.nextInt(3) == 0) {
          Files.delete(instances.resolve(id + ".json"));
          die(id);
        } else {
          die(id);
          died++;
        }
      }
    }
    watcher.lookEverywhere();
    assertThat(died).isGreaterThan(1000);
    assertThat(swept).hasSize(died).doesNotHaveDuplicates();
    assertThat(watcher.size()).isEqualTo(present.size());
    assertThat(watchedProcesses).hasSize(present.size());
  }

  /// Judges as the test says, and removes the records of dead instances.
  private final class FakeSweeps implements WatcherSweeps {
    @Override
    public void rehearse() {}

    @Override
    public List<FileStateDirectory> directories() {
      return List.of(directory);
    }

    @Override
    public List<Path> parents() {
      return List.of();
    }

    @Override
    public SweepReport look(
        Collection<? extends StateDirectory> directories, Set<String> instanceIds) {
      return report(instanceIds, false);
    }

    @Override
    public SweepReport sweep(
        Collection<? extends StateDirectory> directories,
        Set<String> instanceIds,
        Map<String, Ending> seen,
        @Nullable RunTerms terms) {
      witnessed.putAll(owners(seen));
      sweptByItself.addAll(instanceIds);
      return report(instanceIds, true);
    }

    @Override
    public SweepReport stop(
        StateDirectory in, String id, RunTerms terms, InstanceStopper.Cause cause) {
      throw new UnsupportedOperationException("nothing here has a client");
    }

    @Override
    public SweepReport finish(WatchedInstance instance, InstanceRecord record, Ending ending) {
      throw new UnsupportedOperationException("nothing here has a record that can be read");
    }

    @Override
    public void restore(StateDirectory in, String id, byte[] content) {
      throw new UnsupportedOperationException("nothing here was started by sexton run");
    }

    @Override
    public KeepList keep() {
      return KeepSource.defaults().list();
    }

    @Override
    public SweepReport sweepAll(Map<String, Ending> held) {
      heldInSweepOfAll = owners(held);
      Set<String> ids = new HashSet<>();
      for (String id : owners.keySet()) {
        if (Files.exists(instances.resolve(id + ".json"))) {
          ids.add(id);
        }
      }
      return report(ids, true);
    }

    private static Map<String, ProcessInfo> owners(Map<String, Ending> endings) {
      Map<String, ProcessInfo> all = new HashMap<>();
      endings.forEach((id, ending) -> all.put(id, ending.owner()));
      return all;
    }

    private SweepReport report(Set<String> ids, boolean sweep) {
      List<InstanceReport> reports = new ArrayList<>();
      for (String id : ids) {
        long pid = owners.getOrDefault(id, 0L);
        Path record = instances.resolve(id + ".json");
        if (!Files.exists(record)) {
          owners.remove(id);
          continue;
        }
        boolean dead = !living.contains(pid) && !locksLinger.remove(pid);
        if (dead && sweep) {
          swept.add(id);
          record.toFile().delete();
          owners.remove(id);
        }
        reports.add(
            new InstanceReport(
                new InstanceInfo.Identity(id, "deephaven-mcp", home),
                new InstanceReport.Owner(pid, ""),
                new InstanceInfo.State(dead ? Liveness.DEAD : Liveness.ALIVE, ""),
                dead && sweep ? RecordFate.REMOVED : RecordFate.KEPT,
                List.of()));
      }
      return new SweepReport(!sweep, reports, List.of(), List.of(), 0);
    }
  }

  private final class FakeDeathWatch implements DeathWatch {
    @Override
    public boolean watch(ProcessInfo process) {
      if (living.contains(process.pid())) {
        watchedProcesses.add(process);
      }
      return living.contains(process.pid());
    }

    @Override
    public void forget(ProcessInfo process) {
      watchedProcesses.remove(process);
    }

    @Override
    public boolean watch(Path path) {
      return true;
    }

    @Override
    public List<News> await(Duration limit) {
      return List.of();
    }

    @Override
    public void close() {
      watchedProcesses.clear();
    }
  }

  private static final class Listener implements Watcher.Listener {
    @Override
    public void watching(int count) {
      // Not checked.
    }

    @Override
    public void swept(SweepReport report, boolean everything) {
      // Not checked.
    }
  }

  private static final class FakeClock implements SweepClock {
    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public void sleep(Duration duration) {
      // The test must not take a day.
    }
  }

  /// Returns a table that knows only the test's processes.
  ///
  /// All other calls fail.
  private ProcessTable table() {
    return (ProcessTable)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ProcessTable.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("machine")) {
                return new Machine("", "", "", StartUnit.TICKS); // So no boot is noted.
              }
              if (method.getName().equals("tellsUserNames")) {
                return false;
              }
              if (!method.getName().equals("find")) {
                throw new UnsupportedOperationException(method.getName());
              }
              long pid = (Long) arguments[0];
              return living.contains(pid)
                  ? new ProcessLookup.Present(
                      new ProcessInfo(
                          pid,
                          StartTime.ticks(pid),
                          new ProcessInfo.Ancestry(1, pid),
                          ProcessInfo.State.RUNNING,
                          ProcessInfo.Image.UNKNOWN))
                  : new ProcessLookup.Absent();
            });
  }
}
