package dev.sexton.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.FleetInventory;
import dev.sexton.InstanceInfo;
import dev.sexton.Liveness;
import dev.sexton.testkit.HomeTestBase;
import dev.sexton.testkit.SextonCommand;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEtcd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests what the watcher of `sexton run` publishes in a fleet. Everything is real.
@Gate("needs etcd, and waits for a lease to expire")
@Timeout(300)
class FleetTest extends HomeTestBase {
  @TempDir private Path data;

  private static @Nullable InstanceInfo only(Map<String, String> environment) {
    try {
      List<FleetInventory.Instance> all = FleetInventory.look(environment).instances();
      assertThat(all).hasSizeLessThan(2);
      return all.isEmpty() ? null : all.getFirst().info();
    } catch (IOException notNow) {
      return null;
    }
  }

  private static void awaitState(Map<String, String> environment, Liveness liveness) {
    Await.until(
        "published as " + liveness,
        () -> {
          InstanceInfo one = only(environment);
          return one != null && one.liveness() == liveness;
        });
  }

  private Client client(Map<String, String> environment) throws IOException {
    return Client.start(
        processes, home, environment, List.of("--grace", "0", "--name", "far", "sleep", "600"));
  }

  @Test
  void aServerIsInTheFleetUntilItEnds() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, data, 1);
    Map<String, String> environment = Map.of("SEXTON_FLEET", etcd.fleet("prod"));
    Client client = client(environment);

    awaitState(environment, Liveness.ALIVE);
    InstanceInfo info = Objects.requireNonNull(only(environment));
    assertThat(info.name()).isEqualTo("far");
    assertThat(info.owner().pid()).isEqualTo(client.server().pid());
    assertThat(info.owner().isRun()).isTrue();
    assertThat(info.identity().stateDirectory()).isEqualTo(client.state());
    assertThat(client.record()).hasFileName(info.instanceId() + ".json");

    client.server().kill();
    Await.until("gone", () -> only(environment) == null);
    client.awaitNothing(); // Ends the watcher.
    assertThat(FleetInventory.look(environment).hosts()).isEmpty();
  }

  @Test
  void theEndOfAWatcherIsNoDeath() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, data, 1);
    Map<String, String> environment = Map.of("SEXTON_FLEET", etcd.fleet("prod"));
    Client client = client(environment);
    awaitState(environment, Liveness.ALIVE);

    Watchers.killForGood(client.watcher());

    awaitState(environment, Liveness.UNKNOWN);
    assertThat(client.server().isRunning()).isTrue();
    Watchers.startEarly(processes, home, environment);
    awaitState(environment, Liveness.ALIVE);
    assertThat(client.server().isRunning()).isTrue();
  }

  /// Without a watcher nobody told the store that the server has ended.
  @Test
  void whatWasSweptWithoutAWatcherIsRemovedByTheNext() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, data, 1);
    Map<String, String> environment = Map.of("SEXTON_FLEET", etcd.fleet("prod"));
    Client client = client(environment);
    awaitState(environment, Liveness.ALIVE);
    Watchers.killForGood(client.watcher());
    client.server().kill();
    SextonCommand sweep =
        SextonCommand.start(
            processes, home, "sweep", "--grace", "0", "--state-dir", client.state().toString());
    assertThat(Processes.awaitExit(sweep.process(), "sweep")).isZero();
    assertThat(client.record()).doesNotExist();
    awaitState(environment, Liveness.UNKNOWN);

    Watchers.startEarly(processes, home, environment);

    Await.until(
        "removed",
        () -> only(environment) == null && FleetInventory.look(environment).hosts().size() == 1);
  }

  @Test
  void aStoreThatCannotBeReachedDelaysNoSweep() throws Exception {
    Client client = client(Map.of("SEXTON_FLEET", "etcd://127.0.0.1:1/prod"));
    Proc server = client.server();
    client.watcher();
    server.kill();

    client.awaitNothing();
    assertThat(Files.readString(client.state().resolve("watcher.log")))
        .containsOnlyOnce("etcd at 127.0.0.1:1 cannot be reached");
  }

  @Test
  void anAddressThatIsNoneIsOneLineOfTheLog() throws Exception {
    Client client = client(Map.of("SEXTON_FLEET", "k8s://context/namespace"));
    client.watcher();
    client.server().kill();

    client.awaitNothing();
    assertThat(Files.readString(client.state().resolve("watcher.log")))
        .containsOnlyOnce("no fleet: SEXTON_FLEET is not the address of a fleet");
  }

  @Test
  void withoutTheVariableNothingOfItIsLoaded() throws Exception {
    Path log = home.resolve("classes");
    SextonCommand list =
        SextonCommand.start(
            processes,
            home,
            List.of(),
            Map.of("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + log),
            "list");
    assertThat(Processes.awaitExit(list.process(), "list")).isZero();
    assertLoaded(log, "dev.sexton.cli.command.ListCommand");

    Path ofWatcher = home.resolve("classes-of-watcher");
    SextonCommand.start(
        processes,
        home,
        List.of(),
        Map.of("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + ofWatcher),
        "watch",
        "--interval",
        "100ms");
    Await.until(
        "swept",
        () ->
            Files.exists(ofWatcher)
                && Files.readString(ofWatcher).contains("dev.sexton.internal.sweep.Recorder"));
    assertLoaded(ofWatcher, "dev.sexton.internal.watch.FleetMembership");
  }

  private static void assertLoaded(Path log, String expected) throws IOException {
    List<String> loaded =
        Files.readAllLines(log).stream().filter(line -> line.contains("dev.sexton.")).toList();
    assertThat(loaded).anyMatch(line -> line.contains(expected + " "));
    assertThat(loaded)
        .noneMatch(line -> line.contains("dev.sexton.internal.fleet."))
        .noneMatch(line -> line.contains("FleetListener"))
        .noneMatch(line -> line.contains("FleetInventory"));
  }
}
