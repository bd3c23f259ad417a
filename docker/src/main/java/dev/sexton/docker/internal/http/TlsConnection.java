package dev.sexton.docker.internal.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// An encrypted connection to an engine whose certificate was verified.
final class TlsConnection implements Connection {
  private final SSLSocket socket;
  private final ReadableByteChannel decrypted;
  private boolean answered;

  private TlsConnection(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.decrypted = Channels.newChannel(socket.getInputStream());
  }

  /// Agrees on keys with the engine.
  ///
  /// @param channel connected; closing it ends the handshake, too
  /// @param tcp where the engine listens, with the name that its certificate must have
  /// @param encryption has the certificates
  /// @throws IOException if the engine or this client is refused
  static TlsConnection start(SocketChannel channel, Address.Tcp tcp, SSLSocketFactory encryption)
      throws IOException {
    SSLSocket socket =
        (SSLSocket) encryption.createSocket(channel.socket(), tcp.host(), tcp.port(), false);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS"); // Compares the host's name.
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return new TlsConnection(socket);
  }

  @Override
  public ReadableByteChannel input() {
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) throws IOException {
        try {
          int count = decrypted.read(target);
          answered |= count > 0;
          return count;
        } catch (IOException failure) {
          throw explained(failure);
        }
      }

      @Override
      public boolean isOpen() {
        return decrypted.isOpen();
      }

      @Override
      public void close() throws IOException {
        decrypted.close();
      }
    };
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    try {
      socket
          .getOutputStream()
          .write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    } catch (IOException failure) {
      throw explained(failure);
    }
    bytes.position(bytes.limit());
  }

  /// With TLS 1.3 the handshake is over before the engine has looked at this client's certificate.
  /// An engine that refuses it closes the connection, and its reason is often lost.
  private IOException explained(IOException failure) {
    return answered
            || failure instanceof SSLException
            || failure instanceof AsynchronousCloseException
        ? failure
        : new SSLException("the connection was closed right after the handshake", failure);
  }
}
