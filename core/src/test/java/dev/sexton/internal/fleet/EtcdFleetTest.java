package dev.sexton.internal.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.Liveness;
import dev.sexton.internal.fleet.Fleet.Entry;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEtcd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests members of a fleet on a real etcd. Leases last two seconds, so a renewal is due every
/// third of a second.
@Gate("needs etcd, and waits for leases to expire")
@Timeout(120)
class EtcdFleetTest {
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private final Processes processes = new Processes();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicBoolean endedHere = new AtomicBoolean();

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    processes.close();
  }

  private EtcdFleet fleet(RealEtcd etcd, Map<String, String> more) throws IOException {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("SEXTON_FLEET", etcd.fleet("test"));
    EtcdFleet fleet = new EtcdFleet(FleetSettings.of(environment));
    open.add(fleet);
    return fleet;
  }

  private EtcdFleet fleet(RealEtcd etcd) throws IOException {
    return fleet(etcd, Map.of());
  }

  private FleetMember member(RealEtcd etcd, FleetHost host, Duration lease) throws IOException {
    FleetMember member = new FleetMember(fleet(etcd), host, lease, instance -> endedHere.get());
    open.add(member);
    return member;
  }

  /// Returns the verdict of another host on an instance; null if it is not published.
  private static @Nullable Liveness judge(Fleet fleet, int number) {
    try {
      Fleet.View view = fleet.look();
      Entry entry = view.instances().get(Published.id(number));
      return entry == null ? null : new FleetRules().judge(entry.instance(), view).liveness();
    } catch (IOException unreachable) {
      throw new AssertionError(unreachable);
    }
  }

  @Test
  void whatAWatcherPublishesIsWhatOthersRead() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost host = Published.host("a");
    FleetMember member = member(etcd, host, LONG);
    Map<String, FleetInstance> instances = Published.instances(host, Liveness.ALIVE, 1, 2);

    member.publish(instances);
    member.round();

    Fleet.View view = fleet(etcd).look();
    assertThat(view.hosts()).isEqualTo(Map.of(host.watcher(), host));
    assertThat(view.instances().values().stream().map(Entry::instance))
        .containsExactlyInAnyOrderElementsOf(instances.values());
    assertThat(view.unreadable()).isEmpty();

    member.publish(Published.instances(host, Liveness.DEAD, 2));
    member.round();

    assertThat(judge(fleet(etcd), 1)).isNull();
    assertThat(judge(fleet(etcd), 2)).isEqualTo(Liveness.DEAD);
  }

  @Test
  void anIdleRoundChangesNothing() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost host = Published.host("a");
    FleetMember member = member(etcd, host, LONG);
    member.publish(Published.instances(host, Liveness.ALIVE, 1));
    member.round();
    Fleet.View before = fleet(etcd).look();

    for (int i = 0; i < 30; i++) {
      member.round();
    }

    assertThat(fleet(etcd).look()).isEqualTo(before);
  }

  @Test
  void aWatcherThatVanishesMakesItsInstancesUnknown() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost host = Published.host("a");
    FleetMember member = member(etcd, host, LEASE);
    member.publish(Published.instances(host, Liveness.ALIVE, 1));
    member.round();
    Fleet other = fleet(etcd);
    assertThat(judge(other, 1)).isEqualTo(Liveness.ALIVE);

    Await.until("unknown", () -> judge(other, 1) == Liveness.UNKNOWN);
    member.round(); // It was only frozen.

    assertThat(judge(other, 1)).isEqualTo(Liveness.ALIVE);
  }

  @Test
  void aWatcherThatEndsGivesItsLeaseBack() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost host = Published.host("a");
    FleetMember member = member(etcd, host, LONG);
    member.publish(Published.instances(host, Liveness.ALIVE, 1));
    member.round();

    member.close();
    member.round();

    assertThat(fleet(etcd).look().hosts()).isEmpty();
    assertThat(judge(fleet(etcd), 1)).isEqualTo(Liveness.UNKNOWN);
  }

  @Test
  void renewalsKeepALease() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost host = Published.host("a");
    FleetMember member = member(etcd, host, LEASE);
    member.publish(Published.instances(host, Liveness.ALIVE, 1));
    member.start();
    Fleet other = fleet(etcd);
    Await.until("published", () -> judge(other, 1) == Liveness.ALIVE);

    long until = System.nanoTime() + LEASE.multipliedBy(3).toNanos();
    while (System.nanoTime() - until < 0) {
      assertThat(judge(other, 1)).isEqualTo(Liveness.ALIVE);
    }
  }

  @Test
  void aStoreThatWasDownForTwiceTheDurationHasNobodyDead() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost host = Published.host("a");
    FleetMember member = member(etcd, host, LEASE);
    member.publish(Published.instances(host, Liveness.ALIVE, 1));
    member.start();
    Fleet other = fleet(etcd);
    Await.until("published", () -> judge(other, 1) == Liveness.ALIVE);

    etcd.kill(0);
    assertThatThrownBy(other::look)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be reached");
    Thread.sleep(LEASE.multipliedBy(2)); // The case itself.
    etcd.restart(0);

    List<Liveness> seen = new ArrayList<>();
    Await.until(
        "alive again",
        () -> {
          try {
            Fleet.View view = other.look();
            Entry entry = Objects.requireNonNull(view.instances().get(Published.id(1)));
            Verdict verdict = new FleetRules().judge(entry.instance(), view);
            seen.add(verdict.liveness());
            return view.hosts().size() == 1 && verdict.liveness() == Liveness.ALIVE;
          } catch (IOException notYet) {
            return false;
          }
        });
    assertThat(seen).doesNotContain(Liveness.DEAD);
  }

  @Test
  void aStoreThatWasEmptiedIsFilledAgain() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost host = Published.host("a");
    FleetMember member = member(etcd, host, LONG);
    member.publish(Published.instances(host, Liveness.ALIVE, 1));
    member.round();

    etcd.clear();
    assertThat(judge(fleet(etcd), 1)).isNull();
    member.round();

    assertThat(judge(fleet(etcd), 1)).isEqualTo(Liveness.ALIVE);
  }

  @Test
  void aMemberThatDoesNotAnswerIsPassedOver() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 3);
    FleetHost host = Published.host("a");
    FleetMember member = member(etcd, host, LONG);
    member.publish(Published.instances(host, Liveness.ALIVE, 1));
    member.round();

    etcd.kill(0);
    Await.until(
        "published without the first",
        () -> {
          member.publish(Published.instances(host, Liveness.ALIVE, 1, 2));
          member.round();
          try {
            return fleet(etcd).look().instances().size() == 2;
          } catch (IOException noLeaderYet) {
            return false;
          }
        });
    etcd.restart(0);
    Await.until("one can be spared again", () -> readyLines(0) >= 2);
    etcd.freeze(1);
    try {
      Await.until(
          "published while the second is frozen",
          () -> {
            member.publish(Published.instances(host, Liveness.ALIVE, 2, 3));
            member.round();
            try {
              return judge(fleet(etcd), 3) == Liveness.ALIVE && judge(fleet(etcd), 1) == null;
            } catch (AssertionError noLeaderYet) {
              return false;
            }
          });
    } finally {
      etcd.thaw(1);
    }
  }

  private long readyLines(int member) throws IOException {
    return Files.readAllLines(directory.resolve("etcd" + member + ".log")).stream()
        .filter(line -> line.contains("ready to serve client"))
        .count();
  }

  @Test
  void aCloneDoesNotOverwriteWhatARenewedLeaseHas() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost host = Published.host("a");
    FleetHost clone = Published.host("a");
    FleetMember member = member(etcd, host, LONG);
    FleetMember ofClone = member(etcd, clone, LONG);
    member.publish(Published.instances(host, Liveness.ALIVE, 1));
    member.round();
    endedHere.set(true);

    ofClone.publish(Published.instances(clone, Liveness.DEAD, 1));
    ofClone.round();
    assertThat(judge(fleet(etcd), 1)).isEqualTo(Liveness.ALIVE);
    ofClone.publish(Map.of());
    ofClone.round();
    assertThat(judge(fleet(etcd), 1)).isEqualTo(Liveness.ALIVE);
  }

  @Test
  void theNextWatcherOfAHostTakesOver() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost first = Published.host("a");
    FleetHost second = Published.host("a");
    FleetMember former = member(etcd, first, LONG);
    former.publish(Published.instances(first, Liveness.ALIVE, 1, 2, 3));
    former.round();
    former.close();
    FleetMember next = member(etcd, second, LONG);

    Map<String, FleetInstance> now = Published.instances(second, Liveness.ALIVE, 1);
    now.putAll(Published.instances(second, Liveness.UNKNOWN, 2));
    next.publish(now);
    next.round();
    assertThat(judge(fleet(etcd), 1)).isEqualTo(Liveness.ALIVE);
    assertThat(judge(fleet(etcd), 2)).isEqualTo(Liveness.UNKNOWN);
    assertThat(judge(fleet(etcd), 3)).isEqualTo(Liveness.UNKNOWN);

    endedHere.set(true); // What has no record any more.
    next.publish(now);
    next.round();
    assertThat(judge(fleet(etcd), 1)).isEqualTo(Liveness.ALIVE);
    assertThat(judge(fleet(etcd), 2)).isEqualTo(Liveness.UNKNOWN);
    assertThat(judge(fleet(etcd), 3)).isNull();
  }

  /// The watcher before it was killed, so it has not given its lease back.
  @Test
  void theNextWatcherWaitsForTheLeaseOfAKilledOne() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost first = Published.host("a");
    FleetHost second = Published.host("a");
    FleetMember killed = member(etcd, first, LEASE);
    killed.publish(Published.instances(first, Liveness.ALIVE, 1));
    killed.round();
    FleetMember next = member(etcd, second, LEASE);
    next.publish(Published.instances(second, Liveness.ALIVE, 1));
    next.start();

    Fleet other = fleet(etcd);
    Await.until(
        "taken over",
        () -> {
          Fleet.View view = other.look();
          Entry entry = Objects.requireNonNull(view.instances().get(Published.id(1)));
          assertThat(new FleetRules().judge(entry.instance(), view).liveness())
              .isNotEqualTo(Liveness.DEAD);
          return entry.instance().seenBy().equals(second) && view.hosts().size() == 1;
        });
  }

  /// Three members, of which the leader is killed. Nobody is called dead, and everything is there
  /// again.
  @Test
  void theLossOfTheLeaderLosesNothing() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 3);
    FleetHost host = Published.host("a");
    FleetMember member = member(etcd, host, LEASE);
    Map<String, FleetInstance> many = new HashMap<>();
    for (int i = 1; i <= 1000; i++) {
      many.put(Published.id(i), Published.instance(host, i, Liveness.ALIVE));
    }
    member.publish(many);
    member.start();
    Fleet other = fleet(etcd);
    Await.until("published", () -> alive(other) == 1000);

    etcd.kill(etcd.leader());

    Await.until("alive after the election", () -> alive(other) == 1000);
  }

  /// Returns how many instances are alive; 0 while nobody answers.
  private static long alive(Fleet fleet) {
    Fleet.View view;
    try {
      view = fleet.look();
    } catch (IOException noLeader) {
      return 0;
    }
    List<Liveness> verdicts =
        view.instances().values().stream()
            .map(entry -> new FleetRules().judge(entry.instance(), view).liveness())
            .toList();
    assertThat(verdicts).doesNotContain(Liveness.DEAD);
    return verdicts.stream().filter(Liveness.ALIVE::equals).count();
  }

  @Test
  void aLostLeasePreventsWrites() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost host = Published.host("a");
    EtcdFleet fleet = fleet(etcd);
    fleet.take(host, LONG);
    FleetInstance instance = Published.instance(host, 1, Liveness.ALIVE);
    long revision = fleet.claim(instance, 0, null);
    assertThat(revision).isPositive();
    assertThat(fleet.claim(instance, 0, null)).isZero();
    assertThat(fleet.finish(instance.instanceId(), revision + 1, null)).isFalse();

    etcd.call(
        "kv/deleterange",
        "{\"key\":\"" + RealEtcd.base64("sexton/test/hosts/" + host.watcher()) + "\"}");

    assertThat(fleet.renew()).isFalse();
    assertThat(fleet.claim(instance, revision, null)).isZero();
    assertThat(fleet.finish(instance.instanceId(), revision, null)).isFalse();
  }

  @Test
  void whatAnotherVersionHasWrittenIsLeftAlone() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    String key = "sexton/test/instances/" + Published.id(1);
    etcd.put(key, "{\"schema\":2}");
    etcd.put("sexton/test/hosts/x", "not JSON");
    etcd.put("sexton/test2/instances/" + Published.id(2), "of another fleet");
    FleetHost host = Published.host("a");
    FleetMember member = member(etcd, host, LONG);
    endedHere.set(true);

    member.publish(Published.instances(host, Liveness.ALIVE, 1));
    member.round();
    member.publish(Map.of());
    member.round();

    Fleet.View view = fleet(etcd).look();
    assertThat(view.unreadable()).containsExactlyInAnyOrder("x", Published.id(1));
    assertThat(view.instances()).isEmpty();
  }

  @Test
  void aThousandInstancesAreReadAtOnce() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    FleetHost host = Published.host("a");
    FleetMember member = member(etcd, host, LONG);
    Map<String, FleetInstance> many = new HashMap<>();
    for (int i = 1; i <= 1000; i++) {
      many.put(Published.id(i), Published.instance(host, i, Liveness.ALIVE));
    }
    member.publish(many);

    Await.until(
        "published",
        () -> {
          member.round();
          return fleet(etcd).look().instances().size() == 1000;
        });
  }

  @Test
  void onlyAUserWithTheRightsIsServed() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, directory, 1);
    Path password = Files.writeString(directory.resolve("password"), "secret\n");
    Path wrong = Files.writeString(directory.resolve("wrong"), "guess\n");
    etcd.call("auth/user/add", "{\"name\":\"root\",\"password\":\"r\"}");
    etcd.call("auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
    etcd.call("auth/role/add", "{\"name\":\"fleet\"}");
    etcd.call(
        "auth/role/grant",
        "{\"name\":\"fleet\",\"perm\":{\"permType\":\"READWRITE\",\"key\":\""
            + RealEtcd.base64("sexton/test/")
            + "\",\"range_end\":\""
            + RealEtcd.base64("sexton/test0")
            + "\"}}");
    for (String user : List.of("sexton", "stranger")) {
      etcd.call("auth/user/add", "{\"name\":\"" + user + "\",\"password\":\"secret\"}");
    }
    etcd.call("auth/user/grant", "{\"user\":\"sexton\",\"role\":\"fleet\"}");
    etcd.call("auth/enable", "{}");

    assertThatThrownBy(fleet(etcd)::look)
        .hasMessageContaining("set SEXTON_FLEET_USER")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(fleet(etcd, login("sexton", wrong))::look)
        .hasMessageContaining("check SEXTON_FLEET_USER and the password file");
    assertThatThrownBy(fleet(etcd, login("sexton", directory.resolve("absent")))::look)
        .hasMessageContaining("cannot be read");
    assertThatThrownBy(fleet(etcd, login("stranger", password))::look)
        .hasMessageContaining("readwrite for the prefix sexton/test/");

    FleetHost host = Published.host("a");
    FleetMember member =
        new FleetMember(fleet(etcd, login("sexton", password)), host, LONG, instance -> false);
    open.add(member);
    member.publish(Published.instances(host, Liveness.ALIVE, 1));
    member.round();
    member.round();
    assertThat(judge(fleet(etcd, login("sexton", password)), 1)).isEqualTo(Liveness.ALIVE);
    member.close();
    assertThat(fleet(etcd, login("sexton", password)).look().hosts()).isEmpty();
  }

  private static Map<String, String> login(String user, Path password) {
    return Map.of("SEXTON_FLEET_USER", user, "SEXTON_FLEET_PASSWORD_FILE", password.toString());
  }

  @Test
  void theCertificateIsVerified() throws Exception {
    Certificates ours = Certificates.create(directory.resolve("ours"));
    Certificates others = Certificates.create(directory.resolve("others"));
    RealEtcd etcd =
        RealEtcd.start(
            processes,
            directory,
            1,
            "--cert-file=" + ours.file("server.pem"),
            "--key-file=" + ours.file("server-key.pem"),
            "--trusted-ca-file=" + ours.file("ca.pem"),
            "--client-cert-auth=true");

    Map<String, String> right = Map.of("SEXTON_FLEET_CERT_PATH", ours.client().toString());
    assertThat(fleet(etcd, right).look().hosts()).isEmpty();
    assertThatThrownBy(
            fleet(etcd, Map.of("SEXTON_FLEET_CERT_PATH", others.client().toString()))::look)
        .hasMessageContaining("was not issued by the authority in " + others.client());
    assertThatThrownBy(
            fleet(etcd, Map.of("SEXTON_FLEET_CERT_PATH", ours.withoutClient().toString()))::look)
        .hasMessageContaining("check cert.pem and key.pem");
    assertThatThrownBy(
            fleet(etcd, Map.of("SEXTON_FLEET_CERT_PATH", directory.resolve("none").toString()))
                ::look)
        .hasMessageContaining("name the directory with the certificates");
    assertThatThrownBy(fleet(etcd)::look).isInstanceOf(IOException.class);
  }
}
