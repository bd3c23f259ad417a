package dev.sexton.testsupport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A real Unix socket server that answers one request per connection as the test specifies.
public final class FakeEngine implements AutoCloseable {
  /// Answers, or does not answer, on a thread of the connection's own.
  public interface Handler {
    void handle(Request request, Connection connection) throws IOException;
  }

  /// A request without its headers.
  public record Request(String method, String target, String body) {
    /// Returns the target without a prefix such as `/v1.41`.
    public String path() {
      return target.startsWith("/v1.") ? target.substring(target.indexOf('/', 1)) : target;
    }

    @Override
    public String toString() {
      return method + " " + target;
    }
  }

  private static final Pattern CONTENT_LENGTH = Pattern.compile("Content-Length: (\\d+)");

  private final Path socket;
  private final ServerSocketChannel server;
  private final Handler handler;
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  public FakeEngine(Path directory, Handler handler) throws IOException {
    this.socket = directory.resolve("e.sock");
    this.handler = handler;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofPlatform().daemon().name("fake-engine").start(this::accept);
  }

  /// Returns the path of its socket.
  public Path socket() {
    return socket;
  }

  /// Returns its address in the form of `DOCKER_HOST`.
  public String host() {
    return "unix://" + socket;
  }

  /// Returns all requests so far, such as `GET /v1.41/networks`.
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        open.add(channel);
        Thread.ofPlatform().daemon().name("fake-engine-connection").start(() -> serve(channel));
      }
    } catch (IOException e) {
      // The server is closed, so the test is over.
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      Connection connection = new Connection(channel);
      Request request = connection.readRequest();
      requests.add(request.toString());
      handler.handle(request, connection);
    } catch (IOException e) {
      // Clients may close the connection.
    } finally {
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

  /// One connection, closed when the handler returns.
  public static final class Connection {
    private final SocketChannel channel;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    /// Sends this text unchanged.
    public void send(String raw) throws IOException {
      send(raw.getBytes(StandardCharsets.UTF_8));
    }

    /// Sends these bytes unchanged.
    public void send(byte[] raw) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(raw);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    /// Sends a well-formed answer.
    public void reply(int status, String body) throws IOException {
      String length =
          status == 204 || status == 304
              ? ""
              : "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n";
      send("HTTP/1.1 " + status + " Whatever\r\nApi-Version: 1.41\r\n" + length + "\r\n" + body);
    }

    /// Does nothing until the client gives up.
    public void hang() throws IOException {
      ByteBuffer ignored = ByteBuffer.allocate(100);
      while (channel.read(ignored) >= 0) {
        ignored.clear();
      }
    }

    /// Sends this text repeatedly and slowly, until the client gives up.
    public void trickle(String one) throws IOException {
      while (true) {
        send(one);
        try {
          Thread.sleep(5);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
    }

    private Request readRequest() throws IOException {
      StringBuilder head = new StringBuilder();
      ByteBuffer one = ByteBuffer.allocate(1);
      while (head.indexOf("\r\n\r\n") < 0) {
        one.clear();
        if (channel.read(one) < 0) {
          throw new IOException("no request");
        }
        head.append((char) one.get(0));
      }
      List<String> words = List.of(head.substring(0, head.indexOf("\r\n")).split(" "));
      // An unread body would reset the connection when this end closes it.
      return new Request(words.get(0), words.get(1), readBody(head.toString()));
    }

    private String readBody(String head) throws IOException {
      Matcher length = CONTENT_LENGTH.matcher(head);
      ByteBuffer body = ByteBuffer.allocate(length.find() ? Integer.parseInt(length.group(1)) : 0);
      while (body.hasRemaining()) {
        if (channel.read(body) < 0) {
          throw new IOException("half a request");
        }
      }
      return new String(body.array(), StandardCharsets.UTF_8);
    }
  }
}
