package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.SweepReport;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.SweepReport.UnclaimedLabelled;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.hostile.DeadInstancesTestBase;
import dev.sexton.internal.lock.FileInstanceLocks;
import dev.sexton.internal.lock.InstanceLocks.Held;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Containers without a record are removed only if something proves their instance dead.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LabelledResourcePlannerTest extends DeadInstancesTestBase {
  private static final String ID = "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11";
  private static final String KEY = "deephaven-mcp-server-instance";
  private static final String NOTHING_TELLS =
      "its instance has no record, and it is unknown whether it is alive: if it is dead, remove the"
          + " resource by hand";

  private final Engine engine = new Engine(new ConcurrentHashMap<>());

  /// An in-memory engine, or another connection to it.
  private static final class Engine implements ResourceProvider {
    final Map<String, LabelledResource> resources;

    /// The labels of images, by image ID.
    ///
    /// An image without an entry no longer exists.
    final Map<String, Map<String, String>> images = new ConcurrentHashMap<>();

    final List<String> calls = new CopyOnWriteArrayList<>();
    @Nullable String failure;
    @Nullable RuntimeException imageFailure;
    boolean failRemoval;

    Engine(Map<String, LabelledResource> resources) {
      this.resources = resources;
    }

    @Override
    public String name() {
      return "engine";
    }

    @Override
    public List<LabelledResource> find(Set<String> labelKeys) throws IOException {
      if (failure != null) {
        throw new IOException(failure);
      }
      return List.copyOf(resources.values()); // Like an engine that does not filter.
    }

    @Override
    public @Nullable Map<String, String> imageLabels(LabelledResource resource) throws IOException {
      if (imageFailure != null) {
        throw imageFailure;
      }
      String image = resource.details().image();
      return image.isEmpty() ? Map.of() : images.get(image);
    }

    @Override
    public Outcome stop(LabelledResource resource, Duration grace) {
      calls.add("stop " + resource.id());
      return Outcome.STOPPED;
    }

    @Override
    public void remove(LabelledResource resource) throws IOException {
      calls.add("remove " + resource.id());
      if (failRemoval) {
        throw new IOException("device busy");
      }
      resources.remove(resource.id());
    }
  }

  private void container(String id, String... labels) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      map.put(labels[i], labels[i + 1]);
    }
    engine.resources.put(
        id,
        new LabelledResource(
            ResourceKind.CONTAINER,
            id,
            "name-" + id,
            map,
            new LabelledResource.Details("running", "", Duration.ofDays(1000))));
  }

  /// Like [#container], but made from an image this long ago.
  private void made(String id, String image, @Nullable Duration age, String... labels) {
    container(id, labels);
    engine.resources.computeIfPresent(
        id,
        (key, one) ->
            new LabelledResource(
                one.kind(),
                id,
                one.name(),
                one.labels(),
                new LabelledResource.Details(one.details().state(), image, age)));
  }

  private SweepReport sweep(Engine... engines) {
    SweepReport report =
        graveyard.sweep(engines.length == 0 ? List.of(engine) : Arrays.asList(engines));
    assertThat(graveyard.processes().violations()).isEmpty();
    return report;
  }

  private String deadOwner() throws IOException {
    Process owner = graveyard.sleeper();
    ProcessIdentity identity = graveyard.identity(owner.pid());
    owner.destroyForcibly().onExit().join();
    return EngineScan.ownerLabel(identity);
  }

  private String liveOwner() throws IOException {
    return EngineScan.ownerLabel(graveyard.identity(graveyard.unguarded("sleep", "900").pid()));
  }

  private void assertUntouched() {
    assertThat(engine.calls).isEmpty();
    assertThat(engine.resources).isNotEmpty();
  }

  private static String id(Unclaimed unclaimed) {
    return unclaimed instanceof UnclaimedLabelled labelled ? labelled.id() : "";
  }

  private static Unclaimed unclaimed(String id, String reason) {
    return new UnclaimedLabelled(ResourceKind.CONTAINER, id, "name-" + id, reason);
  }

  @Test
  void anOwnerThatIsGoneIsProof() throws IOException {
    container("c", KEY, ID, EngineScan.OWNER_LABEL, deadOwner());
    SweepReport report = sweep();
    assertThat(engine.calls).containsExactly("stop c", "remove c");
    assertThat(report.unclaimed()).isEmpty();
    assertThat(report.instances())
        .singleElement()
        .satisfies(instance -> {
          assertThat(instance.instanceId()).isEqualTo(ID);
          assertThat(instance.liveness()).isEqualTo(Liveness.DEAD);
          assertThat(instance.record()).isEqualTo(RecordFate.REMOVED);
        });
  }

  /// A directory may have any name, whichever application registers in it.
  @Test
  void aRecordSaysWhoseApplicationItIs() throws IOException {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    graveyard.edit(dead, record -> record.replace("\"deephaven-mcp\"", "\"other\""));
    container("its", "other-server-instance", dead.id());
    container("of-none", "other-server-instance", ID);
    container("of-a-third", "third-server-instance", dead.id());
    sweep();
    assertThat(engine.calls).containsExactly("stop its", "remove its");
    assertThat(graveyard.file(dead.id() + ".json")).doesNotExist();
  }

  @Test
  void anOwnerThatLivesIsLeftAlone() throws IOException {
    container("c", KEY, ID, EngineScan.OWNER_LABEL, liveOwner());
    SweepReport report = sweep();
    assertUntouched();
    assertThat(report.instances()).isEmpty();
    assertThat(report.unclaimed()).isEmpty();
  }

  @Test
  void aLockThatIsHeldIsEnoughToLive() throws IOException {
    container("c", KEY, ID, EngineScan.OWNER_LABEL, deadOwner());
    try (Held held = new FileInstanceLocks().lockAsOwner(graveyard.file(ID + ".lock"))) {
      assertThat(held).isNotNull();
      sweep();
      assertUntouched();
    }
    sweep();
    assertThat(engine.resources).isEmpty();
  }

  @Test
  void withoutAnOwnerTheJournalDecides() throws IOException {
    container("swept", KEY, ID);
    container("other", KEY, ID.replace('0', 'a'));
    graveyard
        .directory()
        .appendJournal(
            List.of(
                "{\"at\":\"2026-03-01T12:00:00Z\",\"kind\":\"instance\",\"instance_id\":\""
                    + ID
                    + "\"}"));
    SweepReport report = sweep();
    assertThat(engine.calls).containsExactly("stop swept", "remove swept");
    assertThat(report.instances())
        .extracting(dev.sexton.InstanceReport::reason)
        .containsExactly("its instance was swept as dead at 2026-03-01T12:00:00Z");
    assertThat(report.unclaimed()).containsExactly(unclaimed("other", NOTHING_TELLS));
  }

  @Test
  void aJournalThatEverybodyCanWriteDecidesNothing() throws IOException {
    container("c", KEY, ID);
    graveyard
        .directory()
        .appendJournal(
            List.of("{\"at\":\"x\",\"kind\":\"instance\",\"instance_id\":\"" + ID + "\"}"));
    Files.setPosixFilePermissions(
        graveyard.directory().path(), PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(sweep().unclaimed()).containsExactly(unclaimed("c", NOTHING_TELLS));
    assertUntouched();
  }

  @Test
  void whatNothingTellsOfIsReported() {
    container("c", KEY, ID);
    assertThat(sweep().unclaimed()).containsExactly(unclaimed("c", NOTHING_TELLS));
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1/h/b/n/42/99",
        "x",
        "1/h/b/n/-1/99/ticks",
        "1/h/b/n/0/0/ticks",
        "2/h/b/n/42/99/ticks"
      })
  void anOwnerThatIsNoneProvesNothing(String owner) {
    container("c", KEY, ID, EngineScan.OWNER_LABEL, owner);
    assertThat(sweep().unclaimed()).containsExactly(unclaimed("c", NOTHING_TELLS));
    assertUntouched();
  }

  @Test
  void anOwnerOnAnotherHostIsReported() {
    container("c", KEY, ID, EngineScan.OWNER_LABEL, "1/elsewhere/b/n/42/99/ticks");
    assertThat(sweep().unclaimed())
        .containsExactly(unclaimed("c", "it runs on another host (elsewhere): sweep there"));
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "*", "../../x", "0b0e4c6e", "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d1"})
  void anInstanceThatIsNoUuidIsReported(String id) throws IOException {
    container("c", KEY, id, EngineScan.OWNER_LABEL, deadOwner());
    assertThat(sweep().unclaimed())
        .containsExactly(unclaimed("c", "its label is not the UUID of an instance"));
    assertUntouched();
  }

  @Test
  void otherLabelsAreNotOurs() throws IOException {
    container("none");
    container("other application", "mcp-server-instance", ID, EngineScan.OWNER_LABEL, deadOwner());
    container("prefix", KEY + "s", ID, EngineScan.OWNER_LABEL, deadOwner());
    container("other case", "Deephaven-MCP-server-instance", ID);
    container("value", "x", KEY + "=" + ID);
    SweepReport report = sweep();
    assertUntouched();
    assertThat(engine.resources).hasSize(5);
    assertThat(report.unclaimed()).isEmpty();
    assertThat(report.instances()).isEmpty();
  }

  @Test
  void anotherStateDirectoryIsOutOfScope() throws IOException {
    container(
        "elsewhere",
        KEY,
        ID,
        EngineScan.OWNER_LABEL,
        deadOwner(),
        EngineScan.STATE_LABEL,
        "/somewhere/else");
    SweepReport report = sweep();
    assertUntouched();
    assertThat(report.unclaimed()).isEmpty();
  }

  @Test
  void aRecordThatCannotBeReadIsNoLostRecord() throws IOException {
    Files.writeString(graveyard.file(ID + ".json"), "{");
    container("c", KEY, ID, EngineScan.OWNER_LABEL, deadOwner());
    assertThat(sweep().unclaimed()).containsExactly(unclaimed("c", "its record cannot be read"));
    assertUntouched();
  }

  @Test
  void aLiveInstancesContainersAreItsOwn() throws IOException {
    DeadInstancesFixture.Instance live = graveyard.liveInstance();
    container("c", KEY, live.id());
    container("forged", KEY, live.id(), EngineScan.OWNER_LABEL, deadOwner());
    SweepReport report = sweep();
    assertUntouched();
    assertThat(report.unclaimed()).isEmpty();
  }

  @Test
  void aDeadRecordDoesNotReachALiveOwnersContainer() throws IOException {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    String live = liveOwner();
    container("c", KEY, dead.id(), EngineScan.OWNER_LABEL, live);
    SweepReport report = sweep();
    assertUntouched();
    assertThat(report.unclaimed())
        .containsExactly(
            unclaimed(
                "c",
                "its label names a different owner than the record: its owner, process "
                    + live.split("/", -1)[4]
                    + ", is running"));
  }

  @Test
  void twoWaysToOneEngineStopItsContainerOnce() throws IOException {
    container("c", KEY, ID, EngineScan.OWNER_LABEL, deadOwner());
    Engine again = new Engine(engine.resources);
    SweepReport report = sweep(engine, again);
    List<String> calls = new ArrayList<>(engine.calls);
    calls.addAll(again.calls);
    assertThat(calls).containsExactly("stop c", "remove c");
    assertThat(report.instances())
        .singleElement()
        .satisfies(instance -> assertThat(instance.resources()).hasSize(1));
  }

  @Test
  void anEngineThatFailsDoesNotHinderAnother() throws IOException {
    container("c", KEY, ID, EngineScan.OWNER_LABEL, deadOwner());
    Engine broken = new Engine(new ConcurrentHashMap<>());
    broken.failure = "no answer in 5 s";
    sweep(broken, engine);
    assertThat(engine.resources).isEmpty();
  }

  @Test
  void whatCannotBeRemovedIsTriedAgain() throws IOException {
    container("c", KEY, ID, EngineScan.OWNER_LABEL, deadOwner());
    engine.failRemoval = true;
    assertThat(sweep().instances())
        .singleElement()
        .satisfies(instance -> {
          assertThat(instance.record()).isEqualTo(RecordFate.KEPT);
          assertThat(instance.resources())
              .singleElement()
              .satisfies(resource -> {
                assertThat(resource.outcome()).isEqualTo(Outcome.FAILED);
                assertThat(resource.reason()).isEqualTo("device busy");
              });
        });
    engine.failRemoval = false;
    assertThat(sweep().isClean()).isTrue();
    assertThat(engine.resources).isEmpty();
  }

  private static final String FROM_IMAGE =
      "its image carries the same label, which therefore proves nothing: if it is a leftover,"
          + " remove it by hand";
  private static final String IMAGE_GONE =
      "its image is gone, so it is unknown whether the label came from the image: if it is a"
          + " leftover, remove it by hand";

  @Test
  void aLabelOfTheImageProvesNothingWithARecord() throws IOException {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    engine.images.put("plain", Map.of("maintainer", "somebody"));
    engine.images.put("committed", Map.of(KEY, dead.id()));
    made("own", "plain", Duration.ofHours(1), KEY, dead.id());
    made("users", "committed", Duration.ofHours(1), KEY, dead.id());
    SweepReport report = sweep();
    assertThat(engine.calls).containsExactly("stop own", "remove own");
    assertThat(report.unclaimed()).containsExactly(unclaimed("users", FROM_IMAGE));
    assertThat(report.isClean()).isTrue();
  }

  @Test
  void norWithoutOne() throws IOException {
    String owner = deadOwner();
    engine.images.put("plain", Map.of());
    engine.images.put("committed", Map.of(KEY, ID, EngineScan.OWNER_LABEL, owner));
    made("own", "plain", Duration.ofHours(1), KEY, ID, EngineScan.OWNER_LABEL, owner);
    made("users", "committed", Duration.ofHours(1), KEY, ID, EngineScan.OWNER_LABEL, owner);
    SweepReport report = sweep();
    assertThat(engine.calls).containsExactly("stop own", "remove own");
    assertThat(report.unclaimed()).containsExactly(unclaimed("users", FROM_IMAGE));
  }

  @Test
  void aLabelThatSaysOtherThanTheImageIsTheContainersOwn() throws IOException {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    engine.images.put("committed", Map.of(KEY, ID));
    made("own", "committed", Duration.ofHours(1), KEY, dead.id());
    sweep();
    assertThat(engine.calls).containsExactly("stop own", "remove own");
  }

  /// The image was made from a dead server's container. The server that labels this one may be
  /// alive.
  @Test
  void anOwnerThatTheImageNamesSaysNothingOfTheContainer() throws IOException {
    String owner = deadOwner();
    engine.images.put("committed", Map.of(EngineScan.OWNER_LABEL, owner));
    made("c", "committed", Duration.ofHours(1), KEY, ID, EngineScan.OWNER_LABEL, owner);
    assertThat(sweep().unclaimed()).containsExactly(unclaimed("c", NOTHING_TELLS));
    assertUntouched();
  }

  /// Several servers share one directory, and the image was made from the container of one of them.
  @Test
  void aStateDirectoryThatTheImageNamesAsWellDoesNoHarm() throws IOException {
    String directory = graveyard.directory().path().toString();
    engine.images.put("committed", Map.of(EngineScan.STATE_LABEL, directory));
    made(
        "c",
        "committed",
        Duration.ofHours(1),
        KEY,
        ID,
        EngineScan.OWNER_LABEL,
        deadOwner(),
        EngineScan.STATE_LABEL,
        directory);
    sweep();
    assertThat(engine.calls).containsExactly("stop c", "remove c");
  }

  @Test
  void anotherApplicationsLabelOfTheImageDoesNotHideTheContainersOwn() throws IOException {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    graveyard.edit(dead, record -> record.replace("\"deephaven-mcp\"", "\"other\""));
    engine.images.put("committed", Map.of(KEY, ID));
    made("own", "committed", Duration.ofHours(1), KEY, ID, "other-server-instance", dead.id());
    sweep();
    assertThat(engine.calls).containsExactly("stop own", "remove own");
  }

  @Test
  void anImageThatIsGoneTellsNothing() throws IOException {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    made("c", "removed", Duration.ofHours(1), KEY, dead.id());
    SweepReport report = sweep();
    assertUntouched();
    assertThat(report.unclaimed()).containsExactly(unclaimed("c", IMAGE_GONE));
    assertThat(report.isClean()).isTrue();
  }

  /// Until then, its containers are neither claimed nor forgotten.
  @Test
  void anImageThatCannotBeAskedIsAskedAgain() throws IOException {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    engine.images.put("plain", Map.of());
    engine.images.put("committed", Map.of(KEY, dead.id()));
    made("own", "plain", Duration.ofHours(1), KEY, dead.id());
    made("users", "committed", Duration.ofHours(1), KEY, dead.id());
    engine.imageFailure = new IllegalStateException("500");
    for (int attempt = 0; attempt < 2; attempt++) {
      SweepReport report = sweep();
      assertUntouched();
      assertThat(report.instances())
          .singleElement()
          .satisfies(instance -> {
            assertThat(instance.record()).isEqualTo(RecordFate.KEPT);
            assertThat(instance.resources())
                .filteredOn(resource -> resource.kind() == ResourceKind.CONTAINER)
                .hasSize(2)
                .allSatisfy(resource -> {
                  assertThat(resource.outcome()).isEqualTo(Outcome.FAILED);
                  assertThat(resource.reason())
                      .isEqualTo(
                          "it cannot be determined whether the label comes from its image: 500");
                });
          });
    }
    engine.imageFailure = null;
    SweepReport report = sweep();
    assertThat(engine.calls).containsExactly("stop own", "remove own");
    assertThat(report.unclaimed()).containsExactly(unclaimed("users", FROM_IMAGE));
    assertThat(graveyard.file(dead.id() + ".json")).doesNotExist();
  }

  @Test
  void soIsOneOfAContainerWithoutARecord() throws IOException {
    made("c", "committed", Duration.ofHours(1), KEY, ID, EngineScan.OWNER_LABEL, deadOwner());
    engine.imageFailure = new IllegalStateException("500");
    assertThat(sweep().isClean()).isFalse();
    assertUntouched();
  }

  /// A tool copied the container with its labels from one that the instance had made.
  @Test
  void aCopyThatWasMadeAfterTheSweepIsLeftAlone() throws IOException {
    String owner = deadOwner();
    journalSays(Instant.now().minus(Duration.ofHours(2)));
    made("copy", "", Duration.ofHours(1), KEY, ID, EngineScan.OWNER_LABEL, owner);
    made("undated", "", null, KEY, ID, EngineScan.OWNER_LABEL, owner);
    made("own", "", Duration.ofHours(3), KEY, ID, EngineScan.OWNER_LABEL, owner);
    SweepReport report = sweep();
    assertThat(engine.calls).containsExactly("stop own", "remove own");
    assertThat(report.unclaimed())
        .extracting(LabelledResourcePlannerTest::id)
        .containsExactlyInAnyOrder("copy", "undated");
    assertThat(report.unclaimed())
        .filteredOn(one -> id(one).equals("copy"))
        .first()
        .satisfies(one -> assertThat(one.reason()).contains("so it is a copy"));
  }

  /// The engine's clock was set back, so recently made containers seem to come from the future.
  @Test
  void aCopyFromTheFutureIsLeftAlone() throws IOException {
    journalSays(Instant.now().minus(Duration.ofHours(2)));
    made("copy", "", Duration.ofDays(-400_000), KEY, ID, EngineScan.OWNER_LABEL, deadOwner());
    assertThat(sweep().unclaimed())
        .extracting(LabelledResourcePlannerTest::id)
        .containsExactly("copy");
    assertUntouched();
  }

  @Test
  void anAgeThatIsNoneIsUnknown() throws IOException {
    journalSays(Instant.now().minus(Duration.ofHours(2)));
    made("c", "", Duration.ofSeconds(Long.MAX_VALUE), KEY, ID, EngineScan.OWNER_LABEL, deadOwner());
    assertThat(sweep().unclaimed().getFirst().reason())
        .contains("does not report when it was created");
    assertUntouched();
  }

  @Test
  void aCopyThatWasMadeAfterAnUnfinishedSweepIsLeftAlone() throws IOException {
    DeadInstancesFixture.Instance dead = graveyard.deadInstance();
    made("own", "", Duration.ofHours(1), KEY, dead.id());
    engine.failRemoval = true;
    sweep();
    Path record = graveyard.file(dead.id() + ".json");
    String tombstone = Files.readString(record);
    String longAgo = Instant.now().minus(Duration.ofMinutes(30)).toString();
    Files.writeString(
        record,
        tombstone.replaceAll(
            "\"found_dead_at\": *\"[^\"]*\"", "\"found_dead_at\":\"" + longAgo + '"'));
    assertThat(Files.readString(record)).isNotEqualTo(tombstone);
    made("copy", "", Duration.ofMinutes(20), KEY, dead.id());
    engine.failRemoval = false;
    engine.calls.clear();
    SweepReport report = sweep();
    assertThat(engine.calls).containsExactly("stop own", "remove own");
    assertThat(report.unclaimed())
        .extracting(LabelledResourcePlannerTest::id)
        .containsExactly("copy");
  }

  private void journalSays(Instant swept) throws IOException {
    graveyard
        .directory()
        .appendJournal(
            List.of(
                "{\"at\":\"" + swept + "\",\"kind\":\"instance\",\"instance_id\":\"" + ID + "\"}"));
  }

  /// For most servers it is unknown whether they made containers. Many users have a socket that
  /// they may not open.
  @Test
  void anEngineThatCannotBeAskedKeepsNoRecordThatLeavesContainersOpen() throws IOException {
    DeadInstancesFixture.Instance open = graveyard.deadInstance();
    DeadInstancesFixture.Instance sure = graveyard.deadInstance();
    saysOfContainers(open, "");
    saysOfContainers(sure, "\"containers\": true,");
    engine.failure = "permission denied";
    SweepReport report = sweep();
    assertThat(graveyard.file(open.id() + ".json")).doesNotExist();
    assertThat(graveyard.file(sure.id() + ".json")).exists();
    assertThat(report.problems())
        .extracting(SweepReport.Problem::problem)
        .containsExactly(
            "if a server here created containers, they cannot be found: permission denied");
    // A container that it made nevertheless is removed once the engine answers.
    container("c", KEY, open.id());
    engine.failure = null;
    assertThat(sweep().isClean()).isTrue();
    assertThat(engine.calls).containsExactly("stop c", "remove c");
  }

  private void saysOfContainers(DeadInstancesFixture.Instance instance, String key)
      throws IOException {
    Path record = graveyard.file(instance.id() + ".json");
    String text = Files.readString(record).replaceAll("\"containers\": *(true|false),", key);
    Files.writeString(record, text);
    assertThat(text.contains("\"containers\"")).isEqualTo(!key.isEmpty());
  }
}
