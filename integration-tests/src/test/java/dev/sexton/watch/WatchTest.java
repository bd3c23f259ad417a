package dev.sexton.watch;

import static dev.sexton.watch.WatchedServers.PATIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.SextonCommand;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.watch.WatchedServers.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Runs `sexton watch` beside real servers, half of them like the original.
@Timeout(300)
class WatchTest extends WatchTestBase {
  /// An interval so long that the watcher cannot have found anything by polling.
  private static final String NEVER = "1h";

  private static final int OWNERS = 200;
  private static final Duration LOOK = Duration.ofMillis(1);

  private SextonCommand watch() throws IOException {
    return watch(NEVER, "20s");
  }

  private SextonCommand watch(String interval, String grace) throws IOException {
    SextonCommand watch =
        SextonCommand.start(
            processes, home, "watch", "--interval", interval, "--grace", grace, "--json");
    await().atMost(PATIENT).until(() -> watch.err().contains("watching"));
    return watch;
  }

  private static void signal(SextonCommand watch, String name)
      throws IOException, InterruptedException {
    String kill = "kill -" + name + " " + watch.process().pid();
    assertThat(new ProcessBuilder("sh", "-c", kill).inheritIO().start().waitFor()).isZero();
  }

  private static List<JsonObject> lines(SextonCommand watch) {
    return watch.out().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
  }

  private static List<String> swept(SextonCommand... watches) {
    List<String> ids = new ArrayList<>();
    for (SextonCommand watch : watches) {
      lines(watch).forEach(line -> ids.add(line.get("instance_id").getAsString()));
    }
    return ids;
  }

  @Gate("takes long: 200 servers")
  @Test
  void sweepsEachOwnerThatDiesAndNobodyElse() throws IOException {
    List<Family> living = servers.families(4);
    List<Family> dying = new ArrayList<>(servers.families(OWNERS / 2));
    SextonCommand watch = watch();
    List<Family> later = servers.families(OWNERS / 2); // They appear while it runs.
    dying.addAll(later);
    Collections.shuffle(dying, new Random(1));

    List<Long> millis = new ArrayList<>();
    for (Family family : dying.subList(0, OWNERS / 2)) {
      long begun = System.nanoTime();
      family.server().kill();
      await().atMost(PATIENT).pollDelay(Duration.ZERO).pollInterval(LOOK).until(family::hasEnded);
      millis.add(Duration.ofNanos(System.nanoTime() - begun).toMillis());
    }
    for (Family family : dying.subList(OWNERS / 2, OWNERS)) {
      family.server().kill();
    }

    await().atMost(PATIENT).until(() -> dying.stream().allMatch(Family::isGone));
    Collections.sort(millis);
    System.out.println(
        "watch: %d of %d owners killed one by one; what they had made was gone after %d ms (median), %d ms (p99), %d ms (longest)"
            .formatted(
                millis.size(),
                OWNERS,
                millis.get(millis.size() / 2),
                millis.get(millis.size() * 99 / 100 - 1),
                millis.getLast()));
    assertThat(living).allMatch(Family::isWhole);
    assertThat(living).allMatch(family -> Files.exists(family.server().record()));
    await()
        .atMost(PATIENT)
        .untilAsserted(() -> assertThat(swept(watch)).as(watch.out()).hasSize(dying.size()));
    assertThat(swept(watch))
        .containsExactlyInAnyOrderElementsOf(
            dying.stream().map(family -> family.server().instanceId()).toList());
    assertThat(lines(watch))
        .allSatisfy(line -> assertThat(line.get("record").getAsString()).isEqualTo("removed"));
  }

  @Test
  void twoWatchersShareTheWorkAndSweepNothingTwice() throws IOException {
    List<Family> dying = servers.families(20);
    SextonCommand first = watch();
    SextonCommand second = watch();

    for (Family family : dying) {
      family.server().kill();
    }

    await().atMost(PATIENT).until(() -> dying.stream().allMatch(Family::isGone));
    List<String> ids = dying.stream().map(family -> family.server().instanceId()).toList();
    await().atMost(PATIENT).until(() -> swept(first, second).size() >= ids.size());
    assertThat(swept(first, second)).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void aKilledWatchersWorkIsTakenOverAtItsRestart() throws IOException, InterruptedException {
    Server server = servers.start(true);
    Path ready = home.resolve("ready");
    Proc stubborn =
        server.session(
            "stubborn", "sh", "-c", "trap '' TERM; : > " + ready + "; while :; do sleep 1; done");
    Family polite = servers.family(false);
    await().atMost(PATIENT).until(() -> Files.exists(ready));
    SextonCommand watch = watch(NEVER, "1h");
    signal(watch, "STOP"); // It sees both deaths at once and handles both in one sweep.
    server.kill();
    polite.server().kill();
    signal(watch, "CONT");
    await().atMost(PATIENT).until(polite::hasEnded);
    assertThat(stubborn.isRunning()).as("it has an hour").isTrue();

    watch.process().destroyForcibly().waitFor();
    assertThat(server.record()).exists();
    SextonCommand again = watch(NEVER, "1s");

    await().atMost(PATIENT).until(() -> !stubborn.isRunning());
    await().atMost(PATIENT).until(() -> !Files.exists(server.record()));
    await().atMost(PATIENT).until(polite::isGone);
    await().atMost(PATIENT).until(() -> swept(again).contains(server.instanceId()));
  }

  @Test
  void whatTheOriginalNeverRecordedGoesIfItWasSeenToDie() throws IOException {
    Server server = servers.start(false);
    SextonCommand watch = watch();
    Proc unrecorded = server.unknown("sleep", "1000");

    server.kill();

    await().atMost(PATIENT).until(() -> !unrecorded.isRunning());
    await().atMost(PATIENT).until(() -> swept(watch).contains(server.instanceId()));
    assertThat(lines(watch).getFirst().getAsJsonArray("resources").get(0).getAsJsonObject())
        .satisfies(line -> assertThat(line.get("name").getAsString()).isEqualTo("(session)"));
  }

  @Test
  void findsADirectoryThatIsMadeLater() throws IOException {
    SextonCommand watch = watch();
    Family family = servers.family(true);

    family.server().kill();

    await().atMost(PATIENT).until(family::isGone);
    await().atMost(PATIENT).until(() -> swept(watch).contains(family.server().instanceId()));
  }

  @Test
  void endsWhenItIsAskedTo() throws IOException, InterruptedException {
    SextonCommand watch = watch();
    watch.process().destroy();
    assertThat(watch.process().waitFor()).isEqualTo(143);
    assertThat(watch.out()).isEmpty();
  }
}
