package dev.sexton.testkit;

import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEngine;
import dev.sexton.testsupport.Requirement;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A Docker daemon of its own that asks its clients for certificates. Its network and mount
/// namespaces are its own as well, so that it does not disturb the machine's daemon. [#inside]
/// leads to its loopback. The test reaches it by a socket in the file system.
public final class OwnDockerd implements AutoCloseable {
  /// Hides `/run`, where the machine's containerd has its socket.
  private static final String START =
      """
      mount --make-rprivate / && mount -t tmpfs tmpfs /run && ip link set lo up || exit 1
      exec dockerd --host=tcp://127.0.0.1:2376 --host="unix://$0/docker.sock" --tlsverify \\
        --tlscacert="$0/ca.pem" --tlscert="$0/server.pem" --tlskey="$0/server-key.pem" \\
        --data-root="$0/data" --exec-root="$0/exec" --pidfile="$0/dockerd.pid" \\
        --storage-driver=vfs --bridge=none --iptables=false --ip6tables=false
      """;

  private final Path directory;
  private final Processes processes = new Processes();
  private final Process daemon;

  /// Starts the daemon, whose files are in this directory. The path must be short enough for a
  /// socket.
  public OwnDockerd(Path directory) throws IOException {
    Requirement.root();
    Requirement.ENGINE.check(
        Files.exists(Path.of("/usr/sbin/dockerd")) && Files.exists(Path.of("/usr/bin/openssl")),
        "dockerd or openssl is not installed");
    this.directory = directory;
    makeAuthority("ca");
    issue("server", "ca", "subjectAltName=DNS:localhost");
    this.daemon =
        processes.start(
            new ProcessBuilder("unshare", "-n", "-m", "sh", "-c", START, directory.toString())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(file("dockerd.log").toFile()));
    Await.until(
        "the daemon listens",
        () -> {
          if (!daemon.isAlive()) {
            throw new AssertionError(Files.readString(file("dockerd.log")));
          }
          return Files.readString(file("dockerd.log")).contains("API listen on 127.0.0.1");
        });
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private void makeAuthority(String name) {
    Commands.run(
        List.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=" + name,
            "-keyout",
            file(name + "-key.pem").toString(),
            "-out",
            file(name + ".pem").toString()));
  }

  private void issue(String name, String authority, String extension) throws IOException {
    Path request = file(name + ".csr");
    Path extensions = Files.writeString(file(name + ".ext"), extension);
    Commands.run(
        List.of(
            "openssl",
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=" + name,
            "-keyout",
            file(name + "-key.pem").toString(),
            "-out",
            request.toString()));
    Commands.run(
        List.of(
            "openssl",
            "x509",
            "-req",
            "-days",
            "2",
            "-CAcreateserial",
            "-in",
            request.toString(),
            "-CA",
            file(authority + ".pem").toString(),
            "-CAkey",
            file(authority + "-key.pem").toString(),
            "-extfile",
            extensions.toString(),
            "-out",
            file(name + ".pem").toString()));
  }

  /// Makes a directory with the certificates of a client, and returns the environment that leads to
  /// the engine with them.
  ///
  /// @param known whether the engine knows the authority of the client's certificate
  public Map<String, String> client(boolean known) throws IOException {
    String name = known ? "client" : "stranger";
    String authority = known ? "ca" : "others";
    if (!known) {
      makeAuthority(authority);
    }
    issue(name, authority, "extendedKeyUsage=clientAuth");
    Map<String, String> environment = anonymous(name + "-certificates");
    Path certificates = file(name + "-certificates");
    Files.copy(file(name + ".pem"), certificates.resolve("cert.pem"));
    Files.copy(file(name + "-key.pem"), certificates.resolve("key.pem"));
    return environment;
  }

  /// Makes a directory with no certificate of a client, and returns the environment that leads to
  /// the engine with it.
  public Map<String, String> anonymous(String name) throws IOException {
    Path certificates = Files.createDirectory(file(name));
    Files.copy(file("ca.pem"), certificates.resolve("ca.pem"));
    return Map.of(
        "DOCKER_HOST",
        "tcp://localhost:2376",
        "DOCKER_TLS_VERIFY",
        "1",
        "DOCKER_CERT_PATH",
        certificates.toString());
  }

  /// Returns the program that starts a command where the engine's loopback is.
  public List<String> inside() {
    return List.of("nsenter", "--net", "-t", Long.toString(daemon.pid()));
  }

  /// Returns the engine, through the docker command and the socket.
  public RealEngine engine() throws IOException {
    return RealEngine.at("unix://" + file("docker.sock"));
  }

  @Override
  public void close() throws IOException {
    daemon.destroy();
    try {
      Processes.awaitExit(daemon, "dockerd");
    } finally {
      processes.close();
    }
  }
}
