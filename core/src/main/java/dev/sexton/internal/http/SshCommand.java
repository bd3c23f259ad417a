package dev.sexton.internal.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The command line that connects to an engine by ssh, as the docker command does it: `docker
/// system dial-stdio` on the other machine connects its stdin and stdout to the engine's socket.
/// Safe for use by multiple threads.
final class SshCommand {
  /// How long ssh may take to connect, in seconds.
  static final int CONNECT_SECONDS = 10;

  /// The options of ssh, which prevail over the user's configuration. It never asks for anything.
  /// It uses a connection that another ssh shares, but never shares its own: ending it would end
  /// the user's. If this JVM is killed while the other machine hangs, ssh ends by itself.
  private static final List<String> OPTIONS =
      List.of(
          "-o",
          "BatchMode=yes",
          "-o",
          "ConnectTimeout=" + CONNECT_SECONDS,
          "-o",
          "ControlMaster=no",
          "-o",
          "LogLevel=ERROR",
          "-o",
          "ServerAliveInterval=10",
          "-o",
          "ServerAliveCountMax=2",
          "-T");

  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  private final Address.Ssh address;

  /// Whether the other machine has no docker command.
  private volatile boolean withoutDocker;

  SshCommand(Address.Ssh address) {
    this.address = address;
  }

  SshDestination destination() {
    return address.destination();
  }

  /// Returns the complete environment of the process.
  Map<String, String> environment() {
    return address.environment();
  }

  /// Returns whether Podman's command is used, because the other machine has no docker command.
  boolean usesPodman() {
    return withoutDocker;
  }

  /// Remembers that the other machine has no docker command.
  void usePodman() {
    withoutDocker = true;
  }

  /// Returns the command line.
  ///
  /// @param podman whether to use Podman's command on the other machine, instead of docker's
  /// @throws SshException if ssh is not installed
  List<String> words(boolean podman) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(findSsh().toString());
    words.addAll(OPTIONS);
    words.addAll(destination().arguments());
    String socket = destination().socket();
    words.add(podman ? "podman" : "docker");
    if (!socket.isEmpty()) {
      words.add((podman ? "--url=unix://" : "--host=unix://") + socket);
    }
    words.addAll(List.of("system", "dial-stdio"));
    return words;
  }

  /// Finds the program on the `PATH` of the environment, which need not be that of this JVM.
  private Path findSsh() throws IOException {
    String path = environment().getOrDefault("PATH", System.getenv().getOrDefault("PATH", ""));
    for (String directory : (path.isEmpty() ? DEFAULT_PATH : path).split(":", -1)) {
      Path program = Path.of(directory, "ssh");
      if (program.isAbsolute() && Files.isRegularFile(program) && Files.isExecutable(program)) {
        return program;
      }
    }
    throw new SshException(
        "the command ssh is not installed here, or is not on the PATH; install openssh-client");
  }
}
