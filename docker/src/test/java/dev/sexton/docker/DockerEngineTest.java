package dev.sexton.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.docker.internal.engine.EngineProvider;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tests the provider against the engine of this machine.
///
/// The docker command shows the results.
@Gate("needs a container engine")
@Timeout(120)
class DockerEngineTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration ONE_SECOND = Duration.ofSeconds(1);

  private final String labelKey = "sexton-test-" + UUID.randomUUID();
  private final Map<String, String> labels = Map.of(labelKey, "1");
  private RealEngine engine;
  private ResourceProvider provider;
  private String strangerContainer;
  private String strangerNetwork;
  private String strangerVolume;

  @BeforeEach
  void start() throws Exception {
    engine = RealEngine.require();
    provider = new DockerProviderFactory().discover(System.getenv()).getFirst();
    assertThat(provider).isInstanceOf(EngineProvider.class);
    strangerContainer = engine.run(Map.of("other", "1"), List.of(), RealEngine.POLITE);
    strangerNetwork = engine.network(Map.of());
    strangerVolume = engine.volume(Map.of());
  }

  @AfterEach
  void strangersAreUntouched() throws Exception {
    if (engine == null) {
      return; // skipped
    }
    try {
      assertThat(engine.inspect(strangerContainer, "{{.State.Status}} {{.RestartCount}}"))
          .isEqualTo("running 0");
      assertThat(engine.left()).contains(strangerNetwork);
      assertThat(engine.left()).contains(strangerVolume);
    } finally {
      engine.close();
    }
  }

  @Test
  void whatLeavesWhenAskedIsStopped() throws Exception {
    String id = engine.run(labels, List.of(), RealEngine.POLITE);

    LabelledResource found = only();
    assertThat(found.id()).isEqualTo(id);
    assertThat(found.kind()).isEqualTo(ResourceKind.CONTAINER);
    assertThat(found.details().state()).isEqualTo("running");
    Map<String, String> both = new HashMap<>(engine.label());
    both.putAll(labels);
    assertThat(found.labels()).isEqualTo(both);
    assertThat("/" + found.name()).isEqualTo(engine.inspect(id, "{{.Name}}"));
    assertThat(provider.stop(found, LONG)).isEqualTo(Outcome.STOPPED);
    assertThat(engine.inspect(id, "{{.State.Status}} {{.State.ExitCode}}")).isEqualTo("exited 0");
    assertThat(provider.stop(found, LONG)).isEqualTo(Outcome.GONE);
    assertRemoves(found);
    assertThat(provider.stop(found, LONG)).isEqualTo(Outcome.GONE);
    provider.remove(found);
  }

  @Test
  void whatIgnoresTheQuestionIsKilled() throws Exception {
    LabelledResource found = running(RealEngine.STUBBORN);

    assertThat(provider.stop(found, Duration.ofMillis(400))).isEqualTo(Outcome.KILLED);
    assertInspected(found, "{{.State.Running}} {{.State.ExitCode}}", "false 137");
    assertRemoves(found);
  }

  @Test
  void withoutGraceItIsKilledAtOnce() throws Exception {
    LabelledResource found = running(RealEngine.STUBBORN, "--restart=always");

    long start = System.nanoTime();
    assertThat(provider.stop(found, Duration.ZERO)).isEqualTo(Outcome.KILLED);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertInspected(found, "{{.State.Running}} {{.State.Restarting}}", "false false");
    assertRemoves(found);
  }

  @Test
  void whatRemovesItselfIsToldFromWhatWasForced() throws Exception {
    LabelledResource polite = running(RealEngine.POLITE, "--rm");
    assertThat(provider.stop(polite, LONG)).isEqualTo(Outcome.STOPPED);
    assertRemoves(polite);

    LabelledResource stubborn = running(RealEngine.STUBBORN, "--rm");
    assertThat(provider.stop(stubborn, ONE_SECOND)).isEqualTo(Outcome.KILLED);
    assertRemoves(stubborn);
  }

  @Test
  void pausedOneIsStopped() throws Exception {
    LabelledResource found = paused(RealEngine.POLITE);

    assertThat(found.details().state()).isEqualTo("paused");
    assertThat(provider.stop(found, LONG)).isEqualTo(Outcome.STOPPED);
    assertRemoves(found);
  }

  @Test
  void pausedOneIsKilled() throws Exception {
    LabelledResource found = paused(RealEngine.STUBBORN);

    assertThat(provider.stop(found, ONE_SECOND)).isEqualTo(Outcome.KILLED);
    assertRemoves(found);
  }

  @Test
  void pausedOneIsRemovedWithoutStopping() throws Exception {
    assertRemoves(paused(RealEngine.STUBBORN));
  }

  @Test
  void createdAndExitedOnesHaveNothingToStop() throws Exception {
    engine.create(labels, List.of("cat"));
    LabelledResource created = only();
    assertThat(created.details().state()).isEqualTo("created");
    assertThat(provider.stop(created, LONG)).isEqualTo(Outcome.GONE);
    assertRemoves(created);

    String id = engine.run(labels, List.of(), List.of("true"));
    await().until(() -> engine.inspect(id, "{{.State.Status}}").equals("exited"));
    LabelledResource exited = only();
    assertThat(provider.stop(exited, LONG)).isEqualTo(Outcome.GONE);
    assertRemoves(exited);
  }

  @Test
  void crashLoopIsNotRestartedAnyMore() throws Exception {
    String id = engine.run(labels, List.of("--restart=always"), List.of("true"));
    await().until(() -> !engine.inspect(id, "{{.RestartCount}}").equals("0"));
    LabelledResource found = only();

    assertThat(provider.stop(found, LONG)).isIn(Outcome.GONE, Outcome.STOPPED);
    // Podman does not distinguish a stopped container from one that is about to be restarted.
    // There, only the removal ends it.
    if (provider.name().startsWith("Docker")) {
      String restarts = engine.inspect(id, "{{.RestartCount}} {{.State.StartedAt}}");
      // The pause between restarts doubles from 100 ms. After these few restarts it is shorter than
      // this.
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(10))
          .until(() ->
              engine.inspect(id, "{{.State.Status}}").equals("exited")
                  && engine.inspect(id, "{{.RestartCount}} {{.State.StartedAt}}").equals(restarts));
    }
    assertRemoves(found);
  }

  @Test
  void twentyAtOnceTakeAsLongAsOne() throws Exception {
    for (int i = 0; i < 20; i++) {
      engine.run(labels, List.of(), RealEngine.STUBBORN);
    }
    List<LabelledResource> found = find();
    assertThat(found).hasSize(20);
    List<Callable<Outcome>> tasks = new ArrayList<>();
    for (LabelledResource resource : found) {
      tasks.add(() -> {
        Outcome outcome = provider.stop(resource, ONE_SECOND);
        provider.remove(resource);
        return outcome;
      });
    }
    long start = System.nanoTime();
    assertThat(all(tasks)).hasSize(20).containsOnly(Outcome.KILLED);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    for (LabelledResource resource : found) {
      assertThat(engine.left()).doesNotContain(resource.id());
    }
    assertThat(find()).isEmpty();
  }

  @Test
  void containersComeBeforeNetworksBeforeVolumes() throws Exception {
    String volume = engine.volume(labels);
    String network = engine.network(labels);
    String container =
        engine.run(
            labels,
            List.of("--network", network, "-v", volume + ":/data", "-v", "/anonymous"),
            RealEngine.POLITE);
    String anonymous =
        engine.inspect(
            container,
            "{{range .Mounts}}{{if eq .Destination \"/anonymous\"}}{{.Name}}{{end}}{{end}}");
    assertThat(engine.docker("volume", "ls", "-q").lines()).contains(anonymous);

    List<LabelledResource> found = find();
    assertThat(found).extracting(LabelledResource::id).containsExactly(container, network, volume);
    assertThat(provider.stop(found.get(1), LONG)).isEqualTo(Outcome.GONE);
    assertThat(provider.stop(found.get(2), LONG)).isEqualTo(Outcome.GONE);
    removeAll(found);
    assertThat(engine.left()).doesNotContain(container);
    assertThat(engine.left()).doesNotContain(network);
    assertThat(engine.left()).doesNotContain(volume);
    assertThat(engine.docker("volume", "ls", "-q").lines()).doesNotContain(anonymous);
    removeAll(found);
  }

  @Test
  void whatSomebodyElseUsesStaysWithTheReason() throws Exception {
    String volume = engine.volume(labels);
    String network = engine.network(labels);
    String user =
        engine.run(
            Map.of(), List.of("--network", network, "-v", volume + ":/data"), RealEngine.POLITE);
    List<LabelledResource> found = find();

    assertThatThrownBy(() -> provider.remove(found.get(0)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("was not removed, because containers are connected to it: " + user);
    assertThatThrownBy(() -> provider.remove(found.get(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answered 409")
        .hasMessageMatching(".*volume is (in use|being used).*");
    assertThat(engine.inspect(user, "{{.State.Status}}")).isEqualTo("running");
    assertThat(engine.left()).contains(network);
    assertThat(engine.left()).contains(volume);
  }

  @Test
  void volumeThatWasMadeAnewByAStrangerStays() throws Exception {
    String volume = engine.volume(labels);
    LabelledResource found = only();
    engine.docker("volume", "rm", volume);
    List<String> create = new ArrayList<>(List.of("volume", "create"));
    create.addAll(engine.labels(Map.of()));
    create.add(volume);
    engine.docker(create.toArray(new String[0]));

    provider.remove(found);
    assertThat(engine.left()).contains(volume);
  }

  @Test
  void forcedDeletesAtOnceDoNotDisturbEachOther() throws Exception {
    LabelledResource found = running(RealEngine.STUBBORN);
    List<Callable<Outcome>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      tasks.add(() -> {
        provider.remove(found);
        return engine.left().contains(found.id()) ? Outcome.FAILED : Outcome.GONE;
      });
    }
    assertThat(all(tasks)).containsOnly(Outcome.GONE);
  }

  @Test
  void deleteDuringAStopEndsTheStop() throws Exception {
    LabelledResource found = running(RealEngine.STUBBORN);
    try (ExecutorService workers = Executors.newFixedThreadPool(1)) {
      Future<Outcome> stop = workers.submit(() -> provider.stop(found, LONG));
      provider.remove(found);
      assertThat(stop.get()).isIn(Outcome.GONE, Outcome.STOPPED, Outcome.KILLED);
    }
    assertThat(engine.left()).doesNotContain(found.id());
  }

  @Test
  void severalLabelKeysAreFoundInOneLook() throws Exception {
    String mine = engine.run(labels, List.of(), RealEngine.POLITE);
    String other = "sexton-test-other-" + labelKey;
    String theirs = engine.run(Map.of(other, "x"), List.of(), RealEngine.POLITE);
    engine.run(Map.of(labelKey + "-longer", "1"), List.of(), RealEngine.POLITE);

    assertThat(provider.find(Set.of(labelKey, other, "nobody-has-this")))
        .extracting(LabelledResource::id)
        .containsExactlyInAnyOrder(mine, theirs);
  }

  private List<LabelledResource> find() throws IOException {
    return provider.find(Set.of(labelKey));
  }

  private void removeAll(List<LabelledResource> resources) throws IOException {
    for (LabelledResource resource : resources) {
      provider.remove(resource);
    }
  }

  /// Starts a container and returns it as the only resource that the provider finds.
  private LabelledResource running(List<String> program, String... options) throws IOException {
    engine.run(labels, List.of(options), program);
    return only();
  }

  /// Starts a container, pauses it, and returns it as the only resource that the provider finds.
  private LabelledResource paused(List<String> program) throws IOException {
    engine.docker("pause", engine.run(labels, List.of(), program));
    return only();
  }

  private LabelledResource only() throws IOException {
    List<LabelledResource> found = find();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private void assertInspected(LabelledResource container, String format, String expected)
      throws IOException {
    assertThat(engine.inspect(container.id(), format)).isEqualTo(expected);
  }

  private void assertRemoves(LabelledResource container) throws IOException {
    provider.remove(container);
    assertThat(engine.left()).doesNotContain(container.id());
    assertThat(find()).isEmpty();
  }

  private static List<Outcome> all(List<Callable<Outcome>> tasks) throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<Outcome> future : workers.invokeAll(tasks)) {
        outcomes.add(future.get());
      }
    }
    return outcomes;
  }
}
