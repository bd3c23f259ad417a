package dev.sexton.cli.command;

import static dev.sexton.cli.StateFixture.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.sexton.cli.CommandRun;
import dev.sexton.cli.CommandTestBase;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEtcd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests `list --fleet` with entries that the test writes into a real etcd, in the form that
/// docs/protocol.md describes.
@Gate("needs etcd")
@Timeout(60)
class ListFleetTest extends CommandTestBase {
  private static final String WATCHER = "aaaaaaaa-0000-4000-8000-000000000001";
  private static final String GONE = "aaaaaaaa-0000-4000-8000-000000000002";
  private static final String HOST =
      "\"schema\":1,\"host_name\":\"alpha\",\"user\":\"me\",\"host\":\"h\",\"boot\":\"b\","
          + "\"pid_namespace\":\"pid:[1]\",\"unit\":\"ticks\"";

  @TempDir private Path data;
  private final Processes processes = new Processes();

  @AfterEach
  void endEtcd() {
    processes.close();
  }

  private static String id(int number) {
    return "%08d-0000-4000-8000-000000000000".formatted(number);
  }

  private static void publish(RealEtcd etcd, String id, String watcher, String liveness)
      throws IOException {
    etcd.put(
        "sexton/prod/instances/" + id,
        "{"
            + HOST
            + ",\"watcher\":\""
            + watcher
            + "\",\"application\":\"mcp\",\"state_dir\":\"/there\",\"pid\":7,"
            + "\"started_at\":\"2026-11-28T00:00:00Z\",\"name\":\"n\\u001b[31m\",\"run\":true,"
            + "\"liveness\":\""
            + liveness
            + "\",\"reason\":\"why\"}");
  }

  private CommandRun list(String fleet, String... options) {
    String[] words = new String[options.length + 4];
    words[0] = "list";
    words[1] = "--fleet";
    System.arraycopy(options, 0, words, 2, options.length);
    words[words.length - 2] = "--state-dir";
    words[words.length - 1] = fixture.state.toString();
    return CommandRun.of(fixture.home, Map.of("SEXTON_FLEET", fleet), false, words);
  }

  @Test
  void instancesOfOtherMachinesAreShownWithTheirHosts() throws Exception {
    RealEtcd etcd = RealEtcd.start(processes, data, 1);
    etcd.put("sexton/prod/hosts/" + WATCHER, "{" + HOST + "}");
    publish(etcd, id(1), WATCHER, "ALIVE");
    publish(etcd, id(2), GONE, "ALIVE");
    publish(etcd, id(3), GONE, "DEAD");
    publish(etcd, UNKNOWN, WATCHER, "ALIVE");
    etcd.put("sexton/prod/instances/" + id(4), "{\"schema\":9}");
    fixture.unknown(UNKNOWN);

    CommandRun run = list(etcd.fleet("prod"));

    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines())
        .anyMatch(line -> line.matches("00000001 +mcp +alpha +n .* 7 .* alive"))
        .anyMatch(line -> line.matches("00000002 .* unknown"))
        .anyMatch(line -> line.matches("00000003 .* dead"))
        .noneMatch(line -> line.contains("\u001b"));
    assertThat(run.out())
        .contains("holds no lease", "dead, says its host alpha: why")
        .containsOnlyOnce(UNKNOWN.substring(0, 8)); // In the first table.
    assertThat(run.err())
        .contains("fleet prod: 1 watcher, 3 instances elsewhere")
        .contains(id(4) + " cannot be read");

    JsonObject json = list(etcd.fleet("prod"), "--json").json();
    JsonObject fleet = json.getAsJsonObject("fleet");
    assertThat(fleet.keySet()).containsExactly("name", "hosts", "instances", "problems", "problem");
    assertThat(fleet.getAsJsonArray("hosts").get(0).toString())
        .isEqualTo("{\"host_name\":\"alpha\",\"host\":\"h\",\"user\":\"me\"}");
    assertThat(fleet.getAsJsonArray("instances")).hasSize(4);
    JsonObject first = fleet.getAsJsonArray("instances").get(0).getAsJsonObject();
    assertThat(first.get("instance_id").getAsString()).isEqualTo(id(1));
    assertThat(first.get("host_name").getAsString()).isEqualTo("alpha");
    assertThat(first.get("liveness").getAsString()).isEqualTo("ALIVE");
    assertThat(fleet.get("problem").isJsonNull()).isTrue();

    assertThat(list(etcd.fleet("other"), "--json").json().getAsJsonObject("fleet"))
        .satisfies(other -> assertThat(other.getAsJsonArray("instances")).isEmpty());
    assertThat(list(etcd.fleet("prod"), "--app", "a").err()).contains("0 instances elsewhere");
  }

  /// No sweep acts on what is published, not even for an instance that it assumes dead.
  @Test
  void aSweepDoesNotAskTheFleet() throws Exception {
    CommandRun run =
        CommandRun.of(
            fixture.home,
            Map.of("SEXTON_FLEET", "not even an address"),
            false,
            "sweep",
            "--state-dir",
            fixture.state.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).doesNotContain("SEXTON_FLEET");
  }

  @Test
  void aStoreThatCannotBeAskedIsOneLine() throws Exception {
    fixture.unknown(UNKNOWN);

    CommandRun run = list("etcd://127.0.0.1:1/prod", "-q");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains(UNKNOWN.substring(0, 8));
    assertThat(run.errLines())
        .singleElement()
        .asString()
        .startsWith("sexton: the fleet cannot be asked: etcd at 127.0.0.1:1 cannot be reached: ");
    assertThat(list("etcd://127.0.0.1:1/prod", "--json").json().getAsJsonObject("fleet").keySet())
        .containsExactly("problem");
  }

  @Test
  void theVariableIsRequired() {
    CommandRun run = fixture.run("list", "--fleet");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--fleet needs the variable SEXTON_FLEET: set it to etcd://");
  }

  @Test
  void anotherAddressIsOneLine() {
    CommandRun run = list("etcd://db.example:2379/prod", "-q");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errLines()).singleElement().asString().contains("set SEXTON_FLEET_CERT_PATH");
  }
}
