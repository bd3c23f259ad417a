package dev.sexton.internal.watch;

import dev.sexton.InstanceReport;
import dev.sexton.StateScope;
import dev.sexton.SweepReport;
import dev.sexton.internal.Platform;
import dev.sexton.internal.instance.ForeignInstance;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.InstanceStopper;
import dev.sexton.internal.sweep.InventoryCollector;
import dev.sexton.internal.sweep.KeepList;
import dev.sexton.internal.sweep.KeepSource;
import dev.sexton.internal.sweep.NamedEngines;
import dev.sexton.internal.sweep.OwnRecords;
import dev.sexton.internal.sweep.Ports;
import dev.sexton.internal.sweep.Sweep;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The sweeps of a watcher on this machine.
final class LocalSweeps implements WatcherSweeps {
  private static final Logger LOG = System.getLogger("dev.sexton");

  /// After this many runs, the compiler has processed the code.
  private static final int REHEARSALS = 10;

  private final Map<String, String> environment;
  private final StateScope scope;
  private final Duration grace;
  private final ProcessTable processes;

  LocalSweeps(StateScope scope, Duration grace, ProcessTable processes) {
    this.environment = scope.environment();
    this.scope = scope;
    this.grace = grace;
    this.processes = processes;
  }

  @Override
  public void rehearse() {
    for (int i = 0; i < REHEARSALS; i++) {
      List<FileStateDirectory> all = directories();
      SweepRequest request = request(all, environment).dryRun(true).build();
      var _ =
          through(
              Platform.providers(environment, all, Set.of()),
              ports -> InventoryCollector.collect(ports, request));
    }
  }

  @Override
  public List<FileStateDirectory> directories() {
    return StateDirectories.in(scope).stream().map(FileStateDirectory::cached).toList();
  }

  /// Returns every directory of this user, because a dead instance may have started a live one.
  private List<FileStateDirectory> neighbours(Collection<? extends StateDirectory> directories) {
    return new StateDirectories(environment)
        .everyDirectory(List.copyOf(directories)).stream().map(FileStateDirectory::cached).toList();
  }

  @Override
  public List<Path> parents() {
    return scope.stateDirectory() == null && scope.applications().isEmpty()
        ? List.of(new StateDirectories(environment).sextonHome())
        : List.of();
  }

  @Override
  public SweepReport look(
      Collection<? extends StateDirectory> directories, Set<String> instanceIds) {
    SweepRequest request =
        request(directories, environment).instanceIds(instanceIds).dryRun(true).build();
    return through(List.of(), ports -> new Sweep(ports, request).run());
  }

  @Override
  public SweepReport sweep(
      Collection<? extends StateDirectory> directories,
      Set<String> instanceIds,
      Map<String, Ending> endings,
      @Nullable RunTerms terms) {
    return run(directories, false, instanceIds, endings, terms);
  }

  @Override
  public SweepReport sweepAll(Map<String, Ending> held) {
    boolean everywhere = StateDirectories.isEverywhere(scope);
    return run(directories(), everywhere, Set.of(), held, null);
  }

  @Override
  public SweepReport stop(
      StateDirectory directory, String instanceId, RunTerms terms, InstanceStopper.Cause cause) {
    return stop(directory, instanceId, terms, cause, InstanceStopper::stop);
  }

  @Override
  public SweepReport finish(WatchedInstance instance, InstanceRecord record, Ending ending) {
    return stop(
        instance.directory(),
        instance.instanceId(),
        record.run(),
        new InstanceStopper.Cause("its owner died", false, ending),
        stopper -> stopper.finish(record, instance.user()));
  }

  private SweepReport stop(
      StateDirectory directory,
      String instanceId,
      @Nullable RunTerms terms,
      InstanceStopper.Cause cause,
      Function<InstanceStopper, InstanceStopper.Result> work) {
    List<StateDirectory> directories = List.of(directory);
    Map<String, String> its = environment(terms, directories, Set.of(instanceId));
    InstanceStopper.Result result;
    try (NamedEngines named = Platform.namedEngines(its)) {
      SweepRequest request =
          request(directories, its)
              .engines(named)
              .instanceIds(Set.of(instanceId))
              .grace(terms == null ? grace : terms.grace())
              .build();
      result =
          through(
              Platform.providers(its, directories, Set.of(instanceId)),
              ports -> work.apply(new InstanceStopper(ports, request, cause)));
    }
    InstanceReport swept = result.leftovers().swept();
    return new SweepReport(
        false,
        swept == null ? List.of() : List.of(swept),
        List.of(),
        result.problems(),
        result.millis());
  }

  @Override
  public void restore(StateDirectory directory, String instanceId, byte[] content) {
    try {
      ForeignInstance.restore(directory, instanceId, content);
    } catch (IOException unwritable) {
      LOG.log(
          Level.WARNING,
          "the record of instance {0} is gone and cannot be written again: {1}",
          instanceId,
          unwritable.getMessage());
    }
  }

  @Override
  public KeepList keep() {
    return KeepSource.of(environment, scope.keep()).list();
  }

  private SweepReport run(
      Collection<? extends StateDirectory> directories,
      boolean everywhere,
      Set<String> instanceIds,
      Map<String, Ending> endings,
      @Nullable RunTerms terms) {
    Map<String, String> its = environment(terms, directories, instanceIds);
    List<ResourceProvider> engines = Platform.providers(its, directories, instanceIds);
    try (NamedEngines named = Platform.namedEngines(its)) {
      SweepRequest request =
          request(directories, its)
              .engines(named)
              .everywhere(everywhere)
              .instanceIds(instanceIds)
              .grace(terms == null ? grace : terms.grace())
              .endings(endings)
              .build();
      return through(engines, ports -> new Sweep(ports, request).run());
    }
  }

  /// Returns the environment, with a server's engine variables instead of those of this process
  /// unless another user's record names an engine.
  private Map<String, String> environment(
      @Nullable RunTerms terms,
      Collection<? extends StateDirectory> directories,
      Set<String> instanceIds) {
    return terms == null
            || (terms.namesEngine() && !new OwnRecords(processes).areAll(directories, instanceIds))
        ? environment
        : terms.environment(environment);
  }

  /// Works through the ports of this machine, and closes the engines.
  private <T> T through(List<ResourceProvider> engines, Function<Ports, T> work) {
    try {
      return work.apply(Platform.ports(processes, engines));
    } finally {
      engines.forEach(ResourceProvider::close);
    }
  }

  /// Returns a builder for a sweep of these directories, with this watcher's grace period.
  ///
  /// @param its the environment that leads to the engines
  private SweepRequest.Builder request(
      Collection<? extends StateDirectory> directories, Map<String, String> its) {
    return SweepRequest.of(List.copyOf(directories))
        .grace(grace)
        .neighbours(neighbours(directories))
        .keep(KeepSource.of(its, scope.keep()));
  }
}
