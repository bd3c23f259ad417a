package dev.sexton.testkit;

import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.Requirement;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A real API server with etcd and the controllers that collect garbage and run jobs, without
/// nodes. It is used through the JDK's HTTP client, and so not through the code under test.
public final class RealCluster {
  /// The token of the administrator.
  public static final String ADMIN = "admin-token";

  /// The token of the user `sexton`, who has no rights at first.
  public static final String USER = "sexton-token";

  /// The token of the user `viewer`, who has no rights at first.
  public static final String VIEWER = "viewer-token";

  private static final String VERSION = "1.34.4";

  private final Path directory;
  private final String server;
  private final HttpClient client;

  private RealCluster(Path directory, String server, HttpClient client) {
    this.directory = directory;
    this.server = server;
    this.client = client;
  }

  /// Starts a cluster. Skips or fails the test if the programs are missing.
  ///
  /// @param processes ends it
  /// @param directory an empty directory for its data
  public static RealCluster start(Processes processes, Path directory) throws Exception {
    Path programs = programs();
    Requirement.KUBERNETES.check(
        Files.isExecutable(programs.resolve("kube-apiserver"))
            && Files.isExecutable(programs.resolve("kube-controller-manager")),
        "needs what integration-tests/kubernetes/build builds in 12 to 30 minutes");
    Requirement.KUBERNETES.check(
        Files.isExecutable(Path.of("/usr/bin/etcd")), "needs etcd (apt-get install etcd-server)");

    String store = "http://127.0.0.1:" + freePort();
    String peer = "http://127.0.0.1:" + freePort();
    run(
        processes,
        directory,
        "/usr/bin/etcd",
        "--data-dir=etcd",
        "--listen-client-urls=" + store,
        "--advertise-client-urls=" + store,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=default=" + peer);

    int port = freePort();
    writeKeys(directory);
    Files.writeString(
        directory.resolve("tokens.csv"),
        ADMIN + ",admin,1,\"system:masters\"\n" + USER + ",sexton,2\n" + VIEWER + ",viewer,3\n");
    run(
        processes,
        directory,
        programs.resolve("kube-apiserver").toString(),
        "--etcd-servers=" + store,
        "--bind-address=127.0.0.1",
        "--secure-port=" + port,
        "--cert-dir=.",
        "--token-auth-file=tokens.csv",
        "--authorization-mode=RBAC",
        "--disable-admission-plugins=ServiceAccount", // Pods need no account of their own.
        "--service-cluster-ip-range=10.0.0.0/24",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=public.pem",
        "--service-account-signing-key-file=private.pem");
    Path authority = directory.resolve("apiserver.crt");
    await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(authority));

    RealCluster cluster =
        new RealCluster(directory, "https://127.0.0.1:" + port, client(authority));
    await().atMost(Duration.ofMinutes(2)).until(cluster::isReady);
    String config =
        cluster.kubeconfig(ADMIN).replace("current-context: \"\"", "current-context: real");
    Files.writeString(directory.resolve("admin"), config);
    run(
        processes,
        directory,
        programs.resolve("kube-controller-manager").toString(),
        "--kubeconfig=admin",
        "--controllers=garbage-collector-controller,job-controller,"
            + "persistentvolumeclaim-protection-controller",
        "--leader-elect=false",
        "--secure-port=0");
    return cluster;
  }

  /// Returns where `integration-tests/kubernetes/build` puts the programs.
  private static Path programs() {
    String named = System.getenv("SEXTON_TEST_KUBERNETES");
    if (named != null) {
      return Path.of(named);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    return (cache == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache))
        .resolve("sexton-test/kubernetes-" + VERSION);
  }

  private static void run(Processes processes, Path directory, String... command)
      throws IOException {
    File log = directory.resolve(Path.of(command[0]).getFileName() + ".log").toFile();
    processes.start(
        new ProcessBuilder(List.of(command))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Writes the keys with which the API server signs the tokens of service accounts.
  private static void writeKeys(Path directory) throws IOException, GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    write(directory.resolve("private.pem"), "PRIVATE KEY", pair.getPrivate().getEncoded());
    write(directory.resolve("public.pem"), "PUBLIC KEY", pair.getPublic().getEncoded());
  }

  private static void write(Path file, String label, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
  }

  /// Returns a client that trusts the certificate which the API server made for itself.
  private static HttpClient client(Path authority) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    int number = 0;
    for (Certificate one :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(Files.newInputStream(authority))) {
      trusted.setCertificateEntry("ca" + number++, one);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_1_1).build();
  }

  private boolean isReady() {
    try {
      return request("GET", "/readyz", "", "application/json").statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /// Returns the address of the API server.
  public String server() {
    return server;
  }

  /// Returns the file with the authority that issued its certificate.
  public Path authority() {
    return directory.resolve("apiserver.crt");
  }

  /// Returns a kubeconfig, as kubectl writes it, with the context `real`.
  public String kubeconfig(String token) {
    return """
    apiVersion: v1
    clusters:
    - cluster:
        certificate-authority: %s
        server: %s
      name: cluster
    contexts:
    - context:
        cluster: cluster
        user: me
      name: real
    current-context: ""
    kind: Config
    preferences: {}
    users:
    - name: me
      user:
        token: %s
    """
        .formatted(authority(), server, token);
  }

  /// Sends a request as the administrator.
  private HttpResponse<String> request(String method, String path, String body, String type)
      throws IOException {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create(server + path))
              .header("Authorization", "Bearer " + ADMIN)
              .header("Content-Type", type)
              .method(method, BodyPublishers.ofString(body))
              .timeout(Duration.ofSeconds(30))
              .build(),
          BodyHandlers.ofString());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException(interrupted);
    }
  }

  /// Creates an object from JSON, and returns it.
  public JsonObject create(String path, String json) throws IOException {
    return success(request("POST", path, json, "application/json"));
  }

  /// Returns an object.
  public JsonObject get(String path) throws IOException {
    return success(request("GET", path, "", "application/json"));
  }

  /// Changes parts of an object.
  public void patch(String path, String json) throws IOException {
    success(request("PATCH", path, json, "application/merge-patch+json"));
  }

  /// Creates an object from YAML.
  public void createFromYaml(String path, String yaml) throws IOException {
    success(request("POST", path, yaml, "application/yaml"));
  }

  /// Deletes an object at once.
  public void delete(String path) throws IOException {
    success(request("DELETE", path, "{\"gracePeriodSeconds\":0}", "application/json"));
  }

  private static JsonObject success(HttpResponse<String> response) {
    if (response.statusCode() / 100 != 2) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  /// Returns the UIDs of the objects at a path, such as `/api/v1/namespaces/a/pods`.
  public List<String> uids(String path) throws IOException {
    JsonArray items = success(request("GET", path, "", "application/json")).getAsJsonArray("items");
    return items.asList().stream().map(one -> uid(one.getAsJsonObject())).toList();
  }

  /// Returns the UID of an object.
  public static String uid(JsonObject object) {
    return object.getAsJsonObject("metadata").get("uid").getAsString();
  }
}
