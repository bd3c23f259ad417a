package dev.sexton.docker.internal.http;

import java.nio.file.Path;

/** Where an engine listens. */
public sealed interface Address {
  /** As it is written in {@code DOCKER_HOST}. */
  String text();

  /** What goes into the {@code Host} header. */
  String hostHeader();

  /**
   * A unix-domain socket.
   *
   * @param path the socket's path
   */
  record Unix(Path path) implements Address {
    @Override
    public String text() {
      return "unix://" + path;
    }

    @Override
    public String hostHeader() {
      // The engine wants some valid host; this is the one that the docker command sends.
      return "api.moby.localhost";
    }
  }

  /**
   * Plain TCP, without TLS.
   *
   * @param host a name or a literal address, IPv6 without brackets
   * @param port the port
   */
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
}
