package dev.sexton.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testkit.HomeTestBase;
import dev.sexton.testkit.RealCluster;
import dev.sexton.testkit.Watchers;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests that a watcher finds the pods of a server of `sexton run` in the cluster that the server's
/// environment named. Everything is real.
@Gate("needs a real API server")
@Timeout(180)
class KubernetesRunTest extends HomeTestBase {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String PODS = "/api/v1/namespaces/sessions/pods";

  @TempDir private Path data;

  /// The watcher was started without the variable and the kubeconfig.
  @Test
  void theWatcherAsksTheClusterOfTheServer() throws Exception {
    RealCluster cluster = RealCluster.start(processes, data);
    cluster.create("/api/v1/namespaces", "{\"metadata\":{\"name\":\"sessions\"}}");
    Path config =
        Files.writeString(home.resolve("elsewhere"), cluster.kubeconfig(RealCluster.ADMIN));
    Proc watcher = Watchers.startEarly(processes, home, Map.of());
    Client client =
        Client.start(
            processes,
            home,
            Map.of("SEXTON_KUBERNETES", "real/sessions", "KUBECONFIG", config.toString()),
            List.of("--grace", "0", "sleep", "600"));
    assertThat(client.watcher()).isEqualTo(watcher);
    String ours = pod(cluster, label(client));
    String strangers =
        pod(cluster, "{\"mcp-server-instance\":\"00000000-0000-4000-8000-000000000000\"}");
    assertThat(cluster.uids(PODS)).containsExactlyInAnyOrder(ours, strangers);

    client.tell("server");

    client.awaitNothing();
    await().atMost(LIMIT).until(() -> !cluster.uids(PODS).contains(ours));
    assertThat(cluster.uids(PODS)).containsExactly(strangers);
  }

  /// Returns the label of the client's server.
  private static String label(Client client) throws IOException {
    JsonObject record = JsonParser.parseString(Files.readString(client.record())).getAsJsonObject();
    JsonObject labels = new JsonObject();
    labels.add(
        record.get("application").getAsString() + "-server-instance", record.get("instance_id"));
    return labels.toString();
  }

  private static String pod(RealCluster cluster, String labels) throws IOException {
    return RealCluster.uid(
        cluster.create(
            PODS,
            "{\"metadata\":{\"generateName\":\"s-\",\"labels\":"
                + labels
                + "},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"x\"}]}}"));
  }
}
