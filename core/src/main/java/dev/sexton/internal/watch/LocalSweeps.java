package dev.sexton.internal.watch;

import dev.sexton.SweepReport;
import dev.sexton.internal.Platform;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Inventory;
import dev.sexton.internal.sweep.KeepSource;
import dev.sexton.internal.sweep.Ports;
import dev.sexton.internal.sweep.Sweep;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import dev.sexton.spi.ResourceProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The sweeps of a watcher on this machine. */
final class LocalSweeps implements Sweeps {
  /** By then the compiler has been through it. */
  private static final int REHEARSALS = 10;

  private final Map<String, String> environment;
  private final List<String> applications;
  private final @Nullable Path named;
  private final Duration grace;
  private final List<String> keep;
  private final ProcessTable processes;

  LocalSweeps(
      Map<String, String> environment,
      List<String> applications,
      @Nullable Path named,
      Duration grace,
      List<String> keep,
      ProcessTable processes) {
    this.environment = environment;
    this.applications = applications;
    this.named = named;
    this.grace = grace;
    this.keep = keep;
    this.processes = processes;
  }

  @Override
  public void rehearse() {
    for (int i = 0; i < REHEARSALS; i++) {
      List<FileStateDirectory> all = directories();
      SweepRequest request = request(all, false, Set.of(), true, Map.of());
      var _ =
          through(
              Platform.providers(environment, all, Set.of()),
              ports -> Inventory.take(ports, request));
    }
  }

  @Override
  public List<FileStateDirectory> directories() {
    StateDirectories known = new StateDirectories(environment);
    List<FileStateDirectory> found =
        named == null ? known.all(applications) : List.of(known.at(named, applications));
    return found.stream().map(FileStateDirectory::remembering).toList();
  }

  /// Every directory of this user: an instance that lives may have been started by one that died.
  private List<FileStateDirectory> neighbours(Collection<? extends StateDirectory> directories) {
    return new StateDirectories(environment)
        .everyDirectory(List.copyOf(directories)).stream()
            .map(FileStateDirectory::remembering)
            .toList();
  }

  @Override
  public List<Path> parents() {
    return named == null && applications.isEmpty()
        ? List.of(new StateDirectories(environment).sextonHome())
        : List.of();
  }

  @Override
  public SweepReport look(
      Collection<? extends StateDirectory> directories, Set<String> instanceIds) {
    return run(directories, false, instanceIds, true, Map.of());
  }

  @Override
  public SweepReport sweep(
      Collection<? extends StateDirectory> directories,
      Set<String> instanceIds,
      Map<String, ProcessInfo> witnessed) {
    return run(directories, false, instanceIds, false, witnessed);
  }

  @Override
  public SweepReport sweepAll(Map<String, ProcessInfo> held) {
    boolean everywhere = named == null && !environment.containsKey("SEXTON_STATE_DIR");
    return run(directories(), everywhere, Set.of(), false, held);
  }

  private SweepReport run(
      Collection<? extends StateDirectory> directories,
      boolean everywhere,
      Set<String> instanceIds,
      boolean dryRun,
      Map<String, ProcessInfo> witnessed) {
    List<ResourceProvider> engines =
        dryRun ? List.of() : Platform.providers(environment, directories, instanceIds);
    SweepRequest request = request(directories, everywhere, instanceIds, dryRun, witnessed);
    return through(engines, ports -> new Sweep(ports, request).run());
  }

  /** Works through the ports of this machine, and closes the engines. */
  private <T> T through(List<ResourceProvider> engines, Function<Ports, T> work) {
    try {
      return work.apply(Platform.ports(processes, engines));
    } finally {
      engines.forEach(ResourceProvider::close);
    }
  }

  private SweepRequest request(
      Collection<? extends StateDirectory> directories,
      boolean everywhere,
      Set<String> instanceIds,
      boolean dryRun,
      Map<String, ProcessInfo> witnessed) {
    Map<String, Ending> endings = HashMap.newHashMap(witnessed.size());
    witnessed.forEach((id, owner) -> endings.put(id, Ending.seen(owner)));
    return new SweepRequest(
        List.copyOf(directories),
        everywhere,
        instanceIds,
        false,
        dryRun,
        grace,
        SweepRequest.Progress.NONE,
        endings,
        neighbours(directories),
        KeepSource.of(environment, keep));
  }
}
