package dev.sexton.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A socket that takes the place of an engine and has a fault.
public final class BrokenEngine implements AutoCloseable {
  /// The fault.
  public enum Fault {
    /// It accepts connections but never answers.
    HANGS,
    /// The socket's file exists, but no process listens.
    REFUSES,
    /// It answers that it is broken.
    ANSWERS_500,
    /// It answers like a web server that is not an engine.
    ANSWERS_A_PAGE,
    /// It hangs up in the middle of its answer.
    HANGS_UP
  }

  private final Path socket;
  private final Fault fault;
  private final ServerSocketChannel server;
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();

  private BrokenEngine(Path socket, Fault fault) throws IOException {
    this.socket = socket;
    this.fault = fault;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
  }

  /// Returns an engine with this fault. Its socket is in the given directory.
  public static BrokenEngine with(Fault fault, Path directory) throws IOException {
    BrokenEngine engine = new BrokenEngine(directory.resolve("broken.sock"), fault);
    if (fault == Fault.REFUSES) {
      engine.server.close(); // This leaves the file.
    } else {
      Thread.ofPlatform().daemon().name("broken-engine").start(engine::accept);
    }
    return engine;
  }

  /// Returns its address in the form of `DOCKER_HOST`.
  public String host() {
    return "unix://" + socket;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        open.add(channel);
        Thread.ofPlatform().daemon().name("broken-engine-answer").start(() -> answer(channel));
      }
    } catch (IOException closed) {
      open.clear();
    }
  }

  private void answer(SocketChannel channel) {
    String answer =
        switch (fault) {
          case ANSWERS_500 ->
              "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 23\r\n\r\n"
                  + "{\"message\":\"is broken\"}";
          case ANSWERS_A_PAGE ->
              "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n"
                  + "<html></html>";
          case HANGS_UP -> "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n[{\"Id\":";
          case HANGS, REFUSES -> "";
        };
    try {
      ByteBuffer request = ByteBuffer.allocate(4096);
      if (channel.read(request) < 0) {
        return;
      }
      channel.write(ByteBuffer.wrap(answer.getBytes(UTF_8)));
      if (fault != Fault.HANGS) {
        channel.close();
      }
    } catch (IOException clientLeft) {
      open.remove(channel);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel channel : open) {
      channel.close();
    }
  }
}
