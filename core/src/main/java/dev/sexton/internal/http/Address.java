package dev.sexton.internal.http;

import java.nio.file.Path;
import java.util.Map;

/// The address at which a server listens.
public sealed interface Address {
  /// Returns the address in the form used in `DOCKER_HOST`.
  String text();

  /// Returns the value of the `Host` header.
  String hostHeader();

  /// A Unix domain socket.
  ///
  /// @param path the socket's path
  record Unix(Path path) implements Address {
    @Override
    public String text() {
      return "unix://" + path;
    }

    @Override
    public String hostHeader() {
      // The engine requires a valid host. The docker command sends this one.
      return "api.moby.localhost";
    }
  }

  /// Plain TCP, without TLS.
  ///
  /// @param host a name or a literal address, IPv6 without brackets
  /// @param port the port
  record Tcp(String host, int port) implements Address {
    @Override
    public String text() {
      return "tcp://" + hostHeader();
    }

    @Override
    public String hostHeader() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /// TCP with TLS.
  ///
  /// @param tcp the host, whose name the server's certificate must have, and the port
  /// @param material the certificates
  record Tls(Tcp tcp, TlsMaterial material) implements Address {
    @Override
    public String text() {
      return tcp.text();
    }

    @Override
    public String hostHeader() {
      return tcp.hostHeader();
    }
  }

  /// An engine of another machine, reached through the command `ssh`.
  ///
  /// @param destination the other machine
  /// @param environment the whole environment of the ssh processes; `PATH` leads to the command,
  ///   `SSH_AUTH_SOCK` to the agent with the keys
  record Ssh(SshDestination destination, Map<String, String> environment) implements Address {
    /// Copies the variables.
    public Ssh {
      environment = Map.copyOf(environment);
    }

    @Override
    public String text() {
      return destination.text();
    }

    @Override
    public String hostHeader() {
      return "api.moby.localhost";
    }
  }
}
