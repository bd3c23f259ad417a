package dev.sexton.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import dev.sexton.testkit.Server;
import dev.sexton.testkit.SextonCommand;
import dev.sexton.testsupport.Proc;
import dev.sexton.watch.WatchedServers.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs `sexton stop` on real servers.
@Timeout(300)
class StopTest extends WatchTestBase {
  private SextonCommand stop(int exitCode, String... arguments)
      throws IOException, InterruptedException {
    String[] all = new String[arguments.length + 1];
    all[0] = "stop";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    SextonCommand stop = SextonCommand.start(processes, home, all);
    assertThat(stop.process().waitFor()).as(stop.out() + stop.err()).isEqualTo(exitCode);
    return stop;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void endsTheOwnerAndWhatItMadeAndNobodyElse(boolean locked)
      throws IOException, InterruptedException {
    Family other = servers.family(locked);
    Family family = servers.family(locked);

    SextonCommand stop = stop(0, family.server().instanceId().substring(0, 8), "--grace", "5s");

    assertThat(family.server().self().isRunning()).isFalse();
    assertThat(family.isGone()).isTrue();
    assertThat(other.isWhole()).isTrue();
    assertThat(stop.out()).contains("stopped in");
    assertThat(history(family.server().self()))
        .as("who ended the owner")
        .contains("(owner)", "sexton stop", "process " + family.server().self().pid());
    assertThat(history(family.grandchild())).contains("process " + family.grandchild().pid());
    assertThat(history(other.session())).isEmpty();
  }

  private String history(Proc process) throws IOException, InterruptedException {
    SextonCommand history =
        SextonCommand.start(processes, home, "history", "--pid", Long.toString(process.pid()));
    assertThat(history.process().waitFor()).as(history.err()).isZero();
    return history.out();
  }

  @Test
  void aServerInJava() throws IOException, InterruptedException {
    Server server = Server.java(processes, home, "named");
    Proc session = server.session("a", "sleep", "1000");

    SextonCommand stop = stop(0, server.instanceId(), "--app", "named", "--json");

    assertThat(server.self().isRunning()).isFalse();
    assertThat(session.isRunning()).isFalse();
    assertThat(server.record()).doesNotExist();
    assertThat(JsonParser.parseString(stop.out()).getAsJsonObject().get("owner").getAsString())
        .isEqualTo("STOPPED");
  }

  /// Only its parent shows whose process it is, and only while the server runs.
  @Test
  void takesWhatOnlyDescentTells() throws IOException, InterruptedException {
    Server server = Server.java(processes, home, "named");
    Proc child = server.unknown("env", "-i", "setsid", "sleep", "1000");
    Process stranger = processes.start(new ProcessBuilder("env", "-i", "setsid", "sleep", "1000"));
    for (long pid : List.of(child.pid(), stranger.pid())) {
      Proc process = Proc.of(pid);
      await()
          .atMost(WatchedServers.PATIENT)
          .until(() -> process.session() == pid && process.text("environ").isEmpty());
    }

    stop(0, server.instanceId(), "--app", "named");

    assertThat(server.self().isRunning()).isFalse();
    assertThat(child.isRunning()).isFalse();
    assertThat(server.record()).doesNotExist();
    assertThat(stranger.isAlive()).isTrue();
  }

  @Test
  void forcesAnOwnerThatIgnoresTheRequest() throws IOException, InterruptedException {
    Family family = servers.family(true);
    family.server().ask("ignore");

    SextonCommand stop = stop(0, family.server().instanceId(), "--grace", "300ms", "--json");

    assertThat(family.server().self().isRunning()).isFalse();
    assertThat(family.isGone()).isTrue();
    assertThat(JsonParser.parseString(stop.out()).getAsJsonObject().get("owner").getAsString())
        .isEqualTo("KILLED");
  }

  @Test
  void sweepsOneThatIsDeadAlready() throws IOException, InterruptedException {
    Family family = servers.family(false);
    family.server().kill();
    stop(0, family.server().instanceId());
    assertThat(family.isGone()).isTrue();
  }

  @Test
  void saysIfThereIsNoneOrMoreThanOne() throws IOException, InterruptedException {
    Family family = servers.family(false);
    assertThat(stop(2, "no-such-name").err()).contains("no server named no-such-name");
    assertThat(stop(2, family.server().instanceId().substring(0, 7)).err()).contains("no server");
    assertThat(stop(2, "--grace", "1s").err()).contains("stop needs one server");
    assertThat(family.isWhole()).isTrue();
  }

  @Test
  void leavesAloneWhatCannotBeJudged() throws IOException, InterruptedException {
    Family family = servers.family(false);
    String id = "c01d2f9a-0000-4000-8000-000000000002";
    Files.writeString(
        family.server().record().resolveSibling(id + ".json"),
        """
        {"instance_id": "%s", "pid": %d, "started_at": "2026-01-01T00:00:00Z", "schema": 1,
         "python_processes": {}, "name": "far", "owner": {"pid": %d, "start": 5,
          "host": "elsewhere", "boot": "b", "pid_namespace": "n", "unit": "ticks"}}
        """
            .formatted(id, family.session().pid(), family.session().pid()));

    SextonCommand stop = stop(1, "far");

    assertThat(stop.out()).contains("not stopped").contains("another host");
    assertThat(family.isWhole()).isTrue();
    assertThat(family.server().record()).exists();
  }
}
