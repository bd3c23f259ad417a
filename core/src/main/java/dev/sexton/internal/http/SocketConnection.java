package dev.sexton.internal.http;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// A connection whose bytes are those of its socket.
final class SocketConnection implements Connection {
  /// Returns where to connect.
  private interface Target {
    SocketAddress find(Duration limit) throws IOException;
  }

  private final SocketChannel channel;
  private final Target target;

  private SocketConnection(SocketChannel channel, Target target) {
    this.channel = channel;
    this.target = target;
  }

  /// Opens the socket. Does not connect.
  static SocketConnection open(Address.Unix unix) throws IOException {
    return new SocketConnection(
        SocketChannel.open(StandardProtocolFamily.UNIX),
        limit -> UnixDomainSocketAddress.of(unix.path()));
  }

  /// Does the same for TCP.
  static SocketConnection open(Address.Tcp tcp) throws IOException {
    return new SocketConnection(SocketChannel.open(), limit -> Resolver.resolve(tcp, limit));
  }

  @Override
  public void connect(Duration limit) throws IOException {
    channel.connect(target.find(limit));
  }

  @Override
  public ReadableByteChannel input() {
    return channel;
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    channel.write(bytes);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
