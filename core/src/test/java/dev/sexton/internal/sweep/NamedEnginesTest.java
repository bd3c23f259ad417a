package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Inventory;
import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.SweepReport;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.hostile.DeadInstancesFixture.Instance;
import dev.sexton.hostile.DeadInstancesTestBase;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.InstanceRecordBuilder;
import dev.sexton.internal.record.RecordWriter;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests that a sweep and a list ask the engines that records name.
class NamedEnginesTest extends DeadInstancesTestBase {
  /// An engine with at most one container.
  private static final class Engine implements ResourceProvider {
    private final String name;
    private final List<LabelledResource> containers = new ArrayList<>();
    boolean isDown;
    boolean isClosed;
    int asked;

    Engine(String name) {
      this.name = name;
    }

    void add(String instanceId) {
      containers.add(
          new LabelledResource(
              ResourceKind.CONTAINER,
              "id-" + instanceId,
              "box",
              Map.of(EngineScan.instanceLabel(DeadInstancesFixture.APPLICATION), instanceId),
              ""));
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public synchronized List<LabelledResource> find(Set<String> labelKeys) throws IOException {
      asked++;
      if (isDown) {
        throw new IOException(name + " is down");
      }
      return List.copyOf(containers);
    }

    @Override
    public @Nullable Map<String, String> imageLabels(LabelledResource resource) {
      return Map.of();
    }

    @Override
    public Outcome stop(LabelledResource resource, Duration grace) {
      return Outcome.STOPPED;
    }

    @Override
    public synchronized void remove(LabelledResource resource) {
      containers.remove(resource);
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  private final Engine own = new Engine("own");
  private final Engine other = new Engine("other");

  /// Creates a dead instance that may have created containers.
  ///
  /// @param host the engine in its record; empty for none
  private String dead(String host, ContainerUse use) throws IOException {
    Instance instance =
        new Instance(UUID.randomUUID().toString(), graveyard.sleeper(), graveyard.sleeper());
    InstanceRecordBuilder record = recordOf(instance).containers(use);
    graveyard
        .directory()
        .replace(
            instance.id() + ".json",
            RecordWriter.write((host.isEmpty() ? record : record.run(terms(host))).build()));
    instance.owner().destroyForcibly().onExit().join();
    return instance.id();
  }

  private InstanceRecordBuilder recordOf(Instance instance) {
    ProcessIdentity owner = graveyard.identity(instance.owner().pid());
    InstanceRecord record = graveyard.record(instance, owner);
    return InstanceRecord.builder(instance.id(), owner.pid(), record.startedAt())
        .application(DeadInstancesFixture.APPLICATION)
        .owner(owner, false)
        .started(owner.start())
        .written(graveyard.processes().now());
  }

  private static RunTerms terms(String host) {
    return new RunTerms(null, null, RunTerms.DEFAULT_GRACE, false, Map.of("DOCKER_HOST", host));
  }

  private SweepReport sweep() {
    try (NamedEngines named = named()) {
      SweepRequest request =
          SweepRequest.of(List.of(graveyard.directory()))
              .everywhere(true)
              .grace(Duration.ofMillis(500))
              .engines(named)
              .build();
      return new Sweep(graveyard.ports(List.of(own)), request).run();
    }
  }

  private NamedEngines named() {
    return NamedEngines.by(
        Map.of("DOCKER_HOST", "own"),
        terms ->
            terms.engine().containsValue("other") ? List.of(other) : List.of(new Engine("own")));
  }

  @Test
  void theEngineOfARecordIsAskedAndClosed() throws IOException {
    String id = dead("other", ContainerUse.USED);
    other.add(id);

    InstanceReport report = DeadInstancesFixture.of(sweep(), id);

    assertThat(report.record()).isEqualTo(RecordFate.REMOVED);
    assertThat(report.resources())
        .filteredOn(resource -> resource.kind() == ResourceKind.CONTAINER)
        .singleElement()
        .satisfies(resource -> assertThat(resource.outcome()).isEqualTo(Outcome.STOPPED));
    assertThat(other.containers).isEmpty();
    assertThat(other.isClosed).isTrue();
    assertThat(own.isClosed).isFalse();
  }

  @Test
  void aListAsksTheEngineOfARecord() throws IOException {
    String id = dead("other", ContainerUse.USED);
    other.add(id);
    assertThat(list().instances())
        .filteredOn(instance -> instance.instanceId().equals(id))
        .singleElement()
        .satisfies(instance ->
            assertThat(instance.resources())
                .anySatisfy(
                    resource -> assertThat(resource.kind()).isEqualTo(ResourceKind.CONTAINER)));
    assertThat(other.containers).hasSize(1);

    other.isDown = true;

    assertThat(list().engineFailures()).containsExactly("other is down");
  }

  private Inventory list() {
    try (NamedEngines named = named()) {
      return InventoryCollector.collect(
          graveyard.ports(List.of(own)),
          SweepRequest.of(List.of(graveyard.directory())).dryRun(true).engines(named).build());
    }
  }

  @Test
  void anEngineThatCannotBeAskedKeepsOnlyTheRecordsThatNameIt() throws IOException {
    String named = dead("other", ContainerUse.USED);
    String unnamed = dead("", ContainerUse.USED);
    other.isDown = true;

    SweepReport report = sweep();

    InstanceReport kept = DeadInstancesFixture.of(report, named);
    assertThat(kept.record()).isEqualTo(RecordFate.KEPT);
    assertThat(kept.resources())
        .anySatisfy(resource -> {
          assertThat(resource.outcome()).isEqualTo(Outcome.FAILED);
          assertThat(resource.reason()).isEqualTo("other is down");
        });
    assertThat(DeadInstancesFixture.of(report, unnamed).record()).isEqualTo(RecordFate.REMOVED);
  }

  @Test
  void anEngineThatIsKnownAlreadyIsAskedOnce() throws IOException {
    String id = dead("own", ContainerUse.USED);
    own.add(id);
    assertThat(DeadInstancesFixture.of(sweep(), id).record()).isEqualTo(RecordFate.REMOVED);
    assertThat(own.containers).isEmpty();
  }

  @Test
  void theEngineOfARecordWithoutContainersIsNotAsked() throws IOException {
    String id = dead("other", ContainerUse.UNUSED);
    assertThat(DeadInstancesFixture.of(sweep(), id).record()).isEqualTo(RecordFate.REMOVED);
    assertThat(other.asked).isZero();
  }

  @Test
  void onlyRecordsOfTheSweepersOwnUserAreTrusted() throws IOException {
    Instance instance =
        new Instance(
            "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11", graveyard.sleeper(), graveyard.sleeper());
    InstanceRecord record = recordOf(instance).run(terms("other")).build();
    User self =
        graveyard
            .processes()
            .user(
                ((ProcessLookup.Present) graveyard.processes().find(graveyard.processes().self()))
                    .process());
    assertThat(engines(record, self).all()).containsExactly(own, other);
    assertThat(engines(record, self).refused()).isEmpty();
    for (User stranger : new User[] {new User(4_000_000_000L, ""), null}) {
      assertThat(engines(record, stranger).all()).containsExactly(own);
      assertThat(engines(record, stranger).refused().values())
          .containsExactly(
              "the engine that its record names is asked only for its own user's instances; sweep"
                  + " as the user who owns the record");
    }
    InstanceRecord usual = recordOf(instance).run(terms("own")).build();
    assertThat(engines(usual, null).refused()).isEmpty();
  }

  /// Many users have a kubeconfig, and no sweep of another user may fail for that alone.
  @Test
  void aKubeconfigAloneNamesNoEngine() {
    Map<String, String> own = Map.of("KUBECONFIG", "/mine");
    assertThat(termsWith(Map.of("KUBECONFIG", "/its")).namesEngine()).isFalse();
    RunTerms cluster = termsWith(Map.of("KUBECONFIG", "/its", "SEXTON_KUBERNETES", "a/b"));
    assertThat(cluster.namesEngine()).isTrue();
    assertThat(cluster.namesEngineOf(Map.of("KUBECONFIG", "/its", "SEXTON_KUBERNETES", "a/b")))
        .isTrue();
    assertThat(cluster.namesEngineOf(Map.of("KUBECONFIG", "/mine", "SEXTON_KUBERNETES", "a/b")))
        .isFalse();
    assertThat(cluster.namesEngineOf(own)).isFalse();
    assertThat(termsWith(Map.of("XDG_RUNTIME_DIR", "/run")).namesEngineOf(own)).isTrue();
  }

  private static RunTerms termsWith(Map<String, String> engine) {
    return new RunTerms(null, null, RunTerms.DEFAULT_GRACE, false, engine);
  }

  private AskedEngines engines(InstanceRecord record, @Nullable User user) {
    ObservedInstance instance =
        new ObservedInstance(
            graveyard.directory(),
            record,
            new StateDirectory.Content(new byte[0], Instant.EPOCH, false),
            user,
            Verdict.dead("test"));
    SweepRequest request = SweepRequest.of(List.of()).engines(named()).build();
    return AskedEngines.about(List.of(instance), graveyard.ports(List.of(own)), request);
  }

  @Test
  void theAgentOfARecordIsUsedWhileItExists(@TempDir Path directory) throws IOException {
    Path agent = Files.createFile(directory.resolve("agent"));
    Map<String, String> mine = Map.of("SSH_AUTH_SOCK", "/mine", "DOCKER_HOST", "mine", "A", "1");
    RunTerms terms = termsWith(Map.of("DOCKER_CONTEXT", "its", "SSH_AUTH_SOCK", agent.toString()));
    assertThat(terms.environment(mine))
        .isEqualTo(Map.of("A", "1", "DOCKER_CONTEXT", "its", "SSH_AUTH_SOCK", agent.toString()));
    Files.delete(agent);
    assertThat(terms.environment(mine))
        .isEqualTo(Map.of("A", "1", "DOCKER_CONTEXT", "its", "SSH_AUTH_SOCK", "/mine"));
  }
}
