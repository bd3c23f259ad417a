package dev.sexton.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A node of a [RealCluster]: scheduler and kubelet in one. It binds the pods of a namespace to
/// itself, runs the command of each pod's first container as a process of this machine, reports its
/// state, and serves its output, which the API server asks for. A pod without a command runs until
/// it is deleted. The image `missing` cannot be pulled.
public final class StandInNode implements AutoCloseable {
  private static final String NAME = "stand-in";
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final RealCluster cluster;
  private final Processes processes;
  private final String pods;
  private final HttpsServer server;
  private final Map<String, Running> running = new ConcurrentHashMap<>();
  private final List<HttpExchange> followers = new CopyOnWriteArrayList<>();
  private final Thread loop;
  private volatile boolean closed;

  /// A line of an output.
  private record Line(Instant time, String text) {}

  /// What is known of a pod.
  private static final class Running {
    final List<Line> lines = new ArrayList<>();
    final @Nullable Process process;
    boolean isOver;

    Running(@Nullable Process process) {
      this.process = process;
    }

    synchronized void add(String line) {
      lines.add(new Line(Instant.now(), line));
      notifyAll();
    }

    synchronized void end() {
      isOver = true;
      notifyAll();
    }
  }

  private StandInNode(
      RealCluster cluster, Processes processes, String namespace, HttpsServer server) {
    this.cluster = cluster;
    this.processes = processes;
    this.pods = "/api/v1/namespaces/" + namespace + "/pods";
    this.server = server;
    this.loop = Thread.ofPlatform().daemon().name("stand-in-node").unstarted(this::run);
  }

  /// Starts a node for the pods of a namespace.
  ///
  /// @param processes ends the processes of the pods
  /// @param directory an empty directory for its key
  public static StandInNode start(
      RealCluster cluster, Processes processes, String namespace, Path directory) throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate(directory)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    StandInNode node = new StandInNode(cluster, processes, namespace, server);
    server.createContext("/containerLogs/", node::log);
    server.start();
    cluster.create(
        "/api/v1/nodes",
        """
        {"metadata":{"name":"%s"},"status":{"addresses":[{"type":"InternalIP",\
        "address":"127.0.0.1"}],"daemonEndpoints":{"kubeletEndpoint":{"Port":%d}}}}\
        """
            .formatted(NAME, server.getAddress().getPort()));
    node.loop.start();
    return node;
  }

  /// API servers do not check the certificates of nodes unless told to.
  private static SSLContext certificate(Path directory) throws Exception {
    Path store = directory.resolve("node.p12");
    Commands.run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            NAME,
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + NAME,
            "-storetype",
            "PKCS12",
            "-keystore",
            store.toString(),
            "-storepass",
            new String(PASSWORD)));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(Files.newInputStream(store), PASSWORD);
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private void run() {
    while (!closed) {
      try {
        for (JsonElement pod : cluster.get(pods).getAsJsonArray("items")) {
          tend(pod.getAsJsonObject());
        }
        Thread.sleep(50);
      } catch (IOException | AssertionError changedMeanwhile) {
        // The next look sees what has become of it.
      } catch (InterruptedException interrupted) {
        return;
      }
    }
  }

  private void tend(JsonObject pod) throws IOException, InterruptedException {
    JsonObject metadata = pod.getAsJsonObject("metadata");
    String name = metadata.get("name").getAsString();
    String path = pods + "/" + name;
    Running known = running.get(RealCluster.uid(pod));
    if (metadata.has("deletionTimestamp")) {
      if (known != null && known.process != null) {
        end(known.process);
      }
      running.remove(RealCluster.uid(pod));
      cluster.delete(path);
    } else if (!pod.getAsJsonObject("spec").has("nodeName")) {
      cluster.create(
          path + "/binding",
          "{\"metadata\":{\"name\":\"%s\"},\"target\":{\"kind\":\"Node\",\"name\":\"%s\"}}"
              .formatted(name, NAME));
    } else if (known == null) {
      running.put(RealCluster.uid(pod), start(pod, path));
    } else if (known.process != null && !known.isOver && !known.process.isAlive()) {
      known.end();
      int code = known.process.exitValue();
      report(
          path,
          pod,
          code == 0 ? "Succeeded" : "Failed",
          "{\"terminated\":{\"exitCode\":%d,\"reason\":\"%s\"}}"
              .formatted(code, code == 0 ? "Completed" : "Error"));
    }
  }

  private Running start(JsonObject pod, String path) throws IOException {
    JsonObject container = container(pod);
    if (container.get("image").getAsString().equals("missing")) {
      report(
          path,
          pod,
          "Pending",
          "{\"waiting\":{\"reason\":\"ImagePullBackOff\",\"message\":\"no such image\"}}");
      return new Running(null);
    }
    Running one = new Running(null);
    if (container.has("command")) {
      List<String> command =
          container.getAsJsonArray("command").asList().stream()
              .map(JsonElement::getAsString)
              .toList();
      Process process = processes.start(new ProcessBuilder(command).redirectErrorStream(true));
      one = new Running(process);
      Running known = one;
      Thread.ofVirtual().start(() -> read(process, known));
    }
    report(path, pod, "Running", "{\"running\":{}}");
    return one;
  }

  private static JsonObject container(JsonObject pod) {
    return pod.getAsJsonObject("spec").getAsJsonArray("containers").get(0).getAsJsonObject();
  }

  private static void read(Process process, Running one) {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      lines.lines().forEach(one::add);
    } catch (IOException ended) {
      return;
    }
  }

  /// Ends a process as a kubelet does, without a grace period.
  private static void end(Process process) throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
  }

  private void report(String path, JsonObject pod, String phase, String state) throws IOException {
    JsonObject container = container(pod);
    cluster.patch(
        path + "/status",
        """
        {"status":{"phase":"%s","containerStatuses":[{"name":%s,"image":%s,"imageID":"",\
        "restartCount":0,"ready":false,"state":%s}]}}\
        """
            .formatted(phase, container.get("name"), container.get("image"), state));
  }

  /// Answers `/containerLogs/NAMESPACE/POD/CONTAINER` as a kubelet does.
  private void log(HttpExchange exchange) throws IOException {
    followers.add(exchange);
    try (exchange) {
      String query = String.valueOf(exchange.getRequestURI().getQuery());
      String pod = exchange.getRequestURI().getPath().split("/", -1)[3];
      Running one = running.get(RealCluster.uid(cluster.get(pods + "/" + pod)));
      Instant since = Instant.MIN;
      for (String part : query.split("&", -1)) {
        if (part.startsWith("sinceTime=")) {
          since = Instant.parse(part.substring(part.indexOf('=') + 1));
        }
      }
      if (one == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      exchange.sendResponseHeaders(200, 0);
      write(one, since, query.contains("follow=true"), exchange.getResponseBody());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      followers.remove(exchange);
    }
  }

  private static void write(Running one, Instant since, boolean follow, OutputStream output)
      throws IOException, InterruptedException {
    int next = 0;
    while (true) {
      List<Line> some;
      boolean isLast;
      synchronized (one) {
        while (follow && next == one.lines.size() && !one.isOver) {
          one.wait();
        }
        some = List.copyOf(one.lines.subList(next, one.lines.size()));
        isLast = !follow || one.isOver;
      }
      next += some.size();
      for (Line line : some) {
        if (!line.time().isBefore(since)) {
          output.write((line.time() + " " + line.text() + "\n").getBytes(UTF_8));
        }
      }
      output.flush();
      if (isLast) {
        return;
      }
    }
  }

  /// Breaks all connections over which outputs are sent now.
  ///
  /// @return their number
  public int breakConnections() {
    List<HttpExchange> now = List.copyOf(followers);
    now.forEach(HttpExchange::close);
    return now.size();
  }

  @Override
  public void close() {
    closed = true;
    loop.interrupt();
    server.stop(0);
  }
}
