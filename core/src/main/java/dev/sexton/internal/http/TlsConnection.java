package dev.sexton.internal.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// An encrypted connection to a server whose certificate was verified.
final class TlsConnection implements Connection {
  /// Makes the sockets, with the certificates.
  interface Encryption {
    SSLSocketFactory get() throws IOException;
  }

  private final SocketChannel channel;
  private final Address.Tls tls;
  private final Encryption encryption;

  /// Null until the connection is encrypted.
  private @Nullable SSLSocket socket;

  private @Nullable ReadableByteChannel decrypted;
  private boolean answered;

  private TlsConnection(SocketChannel channel, Address.Tls tls, Encryption encryption) {
    this.channel = channel;
    this.tls = tls;
    this.encryption = encryption;
  }

  /// Opens the socket. Does not connect.
  ///
  /// @param tls where the server listens, and the name that its certificate must have
  /// @param encryption has the certificates
  static TlsConnection open(Address.Tls tls, Encryption encryption) throws IOException {
    return new TlsConnection(SocketChannel.open(), tls, encryption);
  }

  /// Connects, and agrees on keys with the server. Closing this connection ends the handshake, too.
  ///
  /// @throws IOException if the server or this client is refused
  @Override
  public void connect(Duration limit) throws IOException {
    channel.connect(Resolver.resolve(tls.tcp(), limit));
    SSLSocket encrypted =
        (SSLSocket)
            encryption
                .get()
                .createSocket(
                    channel.socket(),
                    tls.material().serverName(tls.tcp().host()),
                    tls.tcp().port(),
                    false);
    SSLParameters parameters = encrypted.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS"); // Compares the host's name.
    encrypted.setSSLParameters(parameters);
    encrypted.startHandshake();
    decrypted = Channels.newChannel(encrypted.getInputStream());
    socket = encrypted;
  }

  @Override
  public ReadableByteChannel input() {
    ReadableByteChannel from = requireNonNull(decrypted, "not connected");
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) throws IOException {
        try {
          int count = from.read(target);
          answered |= count > 0;
          return count;
        } catch (IOException failure) {
          throw explained(failure);
        }
      }

      @Override
      public boolean isOpen() {
        return from.isOpen();
      }

      @Override
      public void close() throws IOException {
        from.close();
      }
    };
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    try {
      requireNonNull(socket, "not connected")
          .getOutputStream()
          .write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    } catch (IOException failure) {
      throw explained(failure);
    }
    bytes.position(bytes.limit());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// With TLS 1.3 the handshake is over before the server has looked at this client's certificate.
  /// A server that refuses it closes the connection, and its reason is often lost.
  private IOException explained(IOException failure) {
    return answered
            || failure instanceof SSLException
            || failure instanceof AsynchronousCloseException
        ? failure
        : new SSLException("the connection was closed right after the handshake", failure);
  }
}
