package dev.sexton.testsupport;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Debian's etcd on loopback, with one member or several. It is asked through the JDK's HTTP
/// client, and so not through the code under test.
public final class RealEtcd {
  private static final Path PROGRAM = Path.of("/usr/bin/etcd");

  private final Processes processes;
  private final Path directory;
  private final List<Integer> clientPorts = new ArrayList<>();
  private final List<Integer> peerPorts = new ArrayList<>();
  private final List<String> options;
  private final List<Process> members = new ArrayList<>();

  private RealEtcd(Processes processes, Path directory, int size, List<String> options)
      throws IOException {
    this.processes = processes;
    this.directory = directory;
    this.options = options;
    for (int i = 0; i < size; i++) {
      clientPorts.add(freePort());
      peerPorts.add(freePort());
    }
  }

  /// Starts a store and waits until it answers. Skips or fails the test if there is no etcd.
  ///
  /// @param processes ends it
  /// @param directory an empty directory for its data
  /// @param size the number of members
  /// @param options further options; those that begin with `--cert-file` let it listen with TLS
  public static RealEtcd start(Processes processes, Path directory, int size, String... options)
      throws IOException {
    Requirement.ETCD.check(Files.isExecutable(PROGRAM), "needs etcd (apt-get install etcd-server)");
    RealEtcd etcd = new RealEtcd(processes, directory, size, List.of(options));
    for (int i = 0; i < size; i++) {
      etcd.members.add(etcd.run(i));
    }
    etcd.awaitReady();
    return etcd;
  }

  private Process run(int member) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(PROGRAM.toString());
    command.add("--name=m" + member);
    command.add("--data-dir=" + directory.resolve("data" + member));
    command.add("--listen-client-urls=" + clientUrl(member));
    command.add("--advertise-client-urls=" + clientUrl(member));
    command.add("--listen-peer-urls=" + peerUrl(member));
    command.add("--initial-advertise-peer-urls=" + peerUrl(member));
    command.add(
        "--initial-cluster="
            + String.join(
                ",",
                IntStream.range(0, clientPorts.size())
                    .mapToObj(i -> "m" + i + "=" + peerUrl(i))
                    .toList()));
    command.addAll(options);
    return processes.start(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(
                    directory.resolve("etcd" + member + ".log").toFile())));
  }

  private boolean hasTls() {
    return options.stream().anyMatch(option -> option.startsWith("--cert-file"));
  }

  private String clientUrl(int member) {
    return (hasTls() ? "https" : "http") + "://127.0.0.1:" + clientPorts.get(member);
  }

  private String peerUrl(int member) {
    return "http://127.0.0.1:" + peerPorts.get(member);
  }

  private void awaitReady() {
    for (int i = 0; i < clientPorts.size(); i++) {
      Path log = directory.resolve("etcd" + i + ".log");
      Await.until(
          "etcd serves clients", () -> Files.readString(log).contains("ready to serve client"));
    }
  }

  /// Returns the value of `SEXTON_FLEET` for a fleet in this store.
  public String fleet(String name) {
    return "etcd://"
        + String.join(",", clientPorts.stream().map(port -> "127.0.0.1:" + port).toList())
        + "/"
        + name;
  }

  /// Kills a member.
  public void kill(int member) throws IOException {
    members.get(member).destroyForcibly();
    Processes.awaitExit(members.get(member), "etcd");
  }

  /// Stops a member with SIGSTOP: it accepts connections and does not answer.
  public void freeze(int member) {
    Commands.run("kill", "-STOP", Long.toString(members.get(member).pid()));
  }

  /// Lets a member go on.
  public void thaw(int member) {
    Commands.run("kill", "-CONT", Long.toString(members.get(member).pid()));
  }

  /// Starts a member again, with its data. Does not wait for it.
  public void restart(int member) throws IOException {
    members.set(member, run(member));
  }

  /// Returns the member that leads the others.
  public int leader() throws IOException {
    for (int i = 0; i < members.size(); i++) {
      Matcher ids =
          Pattern.compile("\"member_id\":\"(\\d+)\".*\"leader\":\"(\\d+)\"")
              .matcher(call(i, "maintenance/status", "{}"));
      if (ids.find() && ids.group(1).equals(ids.group(2))) {
        return i;
      }
    }
    throw new AssertionError("no member leads");
  }

  /// Removes every key.
  public void clear() throws IOException {
    String all = Base64.getEncoder().encodeToString(new byte[] {0});
    call("kv/deleterange", "{\"key\":\"" + all + "\",\"range_end\":\"" + all + "\"}");
  }

  /// Writes a key.
  public void put(String key, String value) throws IOException {
    call("kv/put", "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64(value) + "\"}");
  }

  /// Sends a request to the first member and returns the answer. The store must listen without TLS.
  public String call(String path, String body) throws IOException {
    return call(0, path, body);
  }

  private String call(int member, String path, String body) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(clientUrl(member) + "/v3/" + path).toURL().openConnection();
    connection.setDoOutput(true);
    try (var out = connection.getOutputStream()) {
      out.write(body.getBytes(StandardCharsets.UTF_8));
    }
    try (var in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// Returns a text's UTF-8 in base64, as etcd's gateway wants it.
  public static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
