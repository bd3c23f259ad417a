package dev.sexton.internal.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/// Looks up host names within a time limit, which the JDK's own lookup does not have.
final class Resolver {
  private Resolver() {}

  static InetSocketAddress resolve(Address.Tcp address, Duration limit) throws IOException {
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(address.host()), address.port());
    } catch (IllegalArgumentException e) {
      return new InetSocketAddress(lookUp(address.host(), limit), address.port());
    }
  }

  /// The lookup cannot be cancelled. After the limit it ends by itself, and its result is ignored.
  private static InetAddress lookUp(String host, Duration limit) throws IOException {
    AtomicReference<InetAddress> found = new AtomicReference<>();
    Thread thread =
        DaemonThread.start(
            "sexton-http-resolver",
            () -> {
              try {
                found.set(InetAddress.getByName(host));
              } catch (UnknownHostException e) {
                // The caller sees that nothing was found.
              }
            });
    try {
      if (!thread.join(limit)) {
        throw new InterruptedIOException("the name " + host + " was not resolved in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while resolving the name " + host);
    }
    InetAddress address = found.get();
    if (address == null) {
      throw new UnknownHostException("unknown host name: " + host);
    }
    return address;
  }
}
