package dev.sexton.testkit;

import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.Requirement;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// An ssh server on loopback that lets this user in, with keys of its own. The command `ssh` in
/// [#path] reads a configuration of its own, in which the server is called [#HOST]; otherwise it is
/// the system's.
public final class OwnSshd implements AutoCloseable {
  /// The name of the server.
  public static final String HOST = "box";

  private static final Path SSHD = Path.of("/usr/sbin/sshd");

  private final Path directory;
  private final int port;
  private final Processes processes = new Processes();
  private final Proc server;

  /// Starts the server, whose files are in this directory.
  public OwnSshd(Path directory) throws IOException {
    Requirement.SSH.check(Files.isExecutable(SSHD), "openssh-server is not installed");
    this.directory = directory;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
    makeKey("host");
    makeKey("user");
    Files.copy(file("user.pub"), file("authorized"));
    Files.writeString(file("sshd_config"), serverConfiguration());
    trust(true);
    offer("user");
    Files.writeString(
        file("ssh"), "#!/bin/sh\nexec /usr/bin/ssh -F '" + file("config") + "' \"$@\"\n");
    Commands.run("chmod", "755", file("ssh").toString());
    if (System.getProperty("user.name").equals("root")) {
      Files.createDirectories(Path.of("/run/sshd")); // systemd makes it elsewhere.
    }
    this.server = start();
  }

  private void makeKey(String name) {
    Commands.run(
        "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file(name).toString());
  }

  private String serverConfiguration() {
    return String.join(
        "\n",
        "ListenAddress 127.0.0.1:" + port,
        "HostKey " + file("host"),
        "AuthorizedKeysFile " + file("authorized"),
        "PidFile none",
        "UsePAM no",
        "StrictModes no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        // After the start-up files of the shell, which may set another PATH.
        "AcceptEnv TEST_PATH",
        "ForceCommand PATH=\"${TEST_PATH:-$PATH}\"; eval \"$SSH_ORIGINAL_COMMAND\"",
        "LogLevel VERBOSE",
        "");
  }

  private Proc start() throws IOException {
    Process started =
        processes.start(
            new ProcessBuilder(SSHD.toString(), "-D", "-e", "-f", file("sshd_config").toString())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(file("log").toFile())));
    Await.until(
        "the ssh server listens",
        () -> {
          if (!started.isAlive()) {
            throw new AssertionError(log());
          }
          try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
          } catch (IOException notYet) {
            return false;
          }
        });
    return Objects.requireNonNull(Proc.find(started.pid()));
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  /// Returns a `PATH` with the command `ssh` that knows the server.
  public String path() {
    return directory + ":" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
  }

  /// Returns the environment that leads to an engine by ssh.
  ///
  /// @param address what follows `ssh://`
  public Map<String, String> environment(String address) {
    return Map.of("PATH", path(), "DOCKER_HOST", "ssh://" + address);
  }

  /// Makes the server's key known to ssh, or unknown.
  public void trust(boolean known) throws IOException {
    String[] key = Files.readString(file("host.pub")).split(" ", -1);
    Files.writeString(file("known_hosts"), known ? HOST + " " + key[0] + " " + key[1] + "\n" : "");
  }

  /// Lets ssh use the key in this file, and none of an agent.
  public void offer(String key) throws IOException {
    configure("IdentityFile " + file(key), "IdentitiesOnly yes");
  }

  /// Lets commands on the server find programs in this directory only.
  public void limitPrograms(Path programs) throws IOException {
    configure("IdentityFile " + file("user"), "IdentitiesOnly yes", "SetEnv TEST_PATH=" + programs);
  }

  /// Lets ssh use these settings.
  public void configure(String... settings) throws IOException {
    Files.writeString(
        file("config"),
        String.join(
            "\n",
            "Host " + HOST + " elsewhere",
            "  HostName 127.0.0.1",
            "  HostKeyAlias " + HOST,
            "  UserKnownHostsFile " + file("known_hosts"),
            "  GlobalKnownHostsFile /dev/null",
            "  " + String.join("\n  ", settings),
            "Host " + HOST,
            "  Port " + port,
            ""));
  }

  /// Starts an agent that has the user's key, and returns its socket.
  public Path agent() throws IOException {
    Path socket = file("agent");
    processes.start(
        new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(file("agent.log").toFile()));
    Await.until("the agent listens", () -> Files.exists(socket));
    Commands.run(
        List.of("ssh-add", "-q", file("user").toString()),
        Map.of("SSH_AUTH_SOCK", socket.toString()),
        60);
    return socket;
  }

  /// Returns how many connections have been let in so far.
  public long connections() throws IOException {
    return log().lines().filter(line -> line.contains("Accepted publickey")).count();
  }

  private String log() throws IOException {
    return Files.readString(file("log"));
  }

  /// Returns its process, which accepts connections.
  public Proc server() {
    return server;
  }

  @Override
  public void close() {
    processes.close();
  }
}
