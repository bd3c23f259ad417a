package dev.sexton.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sexton.testsupport.FakeEngine;
import dev.sexton.testsupport.FakeEngine.Connection;
import dev.sexton.testsupport.FakeEngine.Handler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpClientTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final String OK = "HTTP/1.1 200 OK\r\n";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        OK + "Content-Length: 5\r\n\r\nhello",
        OK + "content-length:5\r\n\r\nhello and more",
        OK + "\r\nhello",
        OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        OK
            + "Transfer-Encoding: Chunked\r\n\r\n2;x=y\r\nhe\r\n03\r\nllo\r\n0\r\nTrailer: x\r\n\r\n",
        OK + "Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n" + OK + "Content-Length: 5\r\n\r\nhello",
        "HTTP/1.0 200\nContent-Length: 5\n\nhello",
      })
  void everyKindOfBodyIsRead(String raw) throws Exception {
    HttpResponse response = ask(connection -> connection.send(raw), LONG);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text()).isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void someStatusesHaveNoBody(int status) throws Exception {
    HttpResponse response =
        ask(
            connection -> {
              connection.send("HTTP/1.1 " + status + " X\r\nApi-Version: 1.41\r\n\r\n");
              connection.hang();
            },
            LONG);
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.text()).isEmpty();
    assertThat(response.header("API-version")).isEqualTo("1.41");
  }

  static Stream<Arguments> invalidAnswers() {
    String chunked = OK + "Transfer-Encoding: chunked\r\n\r\n";
    return Stream.of(
        Arguments.of("", "connection closed without an answer"),
        Arguments.of("HTTP/1.1 200 O", "connection closed in the middle of the answer"),
        Arguments.of(OK + "Content-Le", "connection closed in the middle of the answer"),
        Arguments.of(
            OK + "Content-Length: 10\r\n\r\nhalf",
            "connection closed in the middle of the body, 6 bytes early"),
        Arguments.of(
            chunked + "a\r\nhalf", "connection closed in the middle of the body, 6 bytes early"),
        Arguments.of(chunked + "4\r\nhalf\r\n", "connection closed in the middle of the answer"),
        Arguments.of(
            chunked + "4\r\nlonger\r\n0\r\n\r\n", "a chunk is longer than its stated size"),
        Arguments.of(chunked + "-1\r\n", "not a size: \"-1\""),
        Arguments.of(chunked + "\r\n", "not a size: \"\""),
        Arguments.of(chunked + "fffffffffffffffff\r\n", "not a size: \"fffffffffffffffff\""),
        Arguments.of(chunked + "7fffffff\r\nx", "the answer is longer than 67108864 bytes"),
        Arguments.of(OK + "Content-Length: -1\r\n\r\n", "not a size: \"-1\""),
        Arguments.of(OK + "Content-Length: 67108865\r\n\r\n", "longer than 67108864 bytes"),
        Arguments.of(
            OK + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
            "two different content lengths: 1, 2"),
        Arguments.of(OK + "Transfer-Encoding: gzip\r\n\r\n", "unknown transfer coding: gzip"),
        Arguments.of(OK + "no colon\r\n\r\n", "not an HTTP header: \"no colon\""),
        Arguments.of(OK + "Long: " + "x".repeat(70_000) + "\r\n\r\n", "the headers do not end"),
        Arguments.of(OK + "A: b\r\n".repeat(20_000) + "\r\n", "the headers do not end"),
        Arguments.of("<html>no</html>\r\n\r\n", "not an HTTP answer: \"<html>no</html>\""),
        Arguments.of("HTTP/1.1 2x0 OK\r\n\r\n", "not an HTTP answer"),
        Arguments.of("HTTP/2 200 OK\r\n\r\n", "not an HTTP answer"));
  }

  @ParameterizedTest
  @MethodSource("invalidAnswers")
  void invalidAnswerIsAnErrorThatSaysWhy(String raw, String why) {
    assertThatThrownBy(() -> ask(connection -> connection.send(raw), LONG))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(TimeLimitException.class)
        .hasMessageStartingWith("Fake gave no valid answer to GET /x: ")
        .hasMessageContaining(why);
  }

  @Test
  void endlessBodyIsCutOff() throws Exception {
    try (FakeEngine engine =
        new FakeEngine(
            directory,
            (request, connection) -> {
              connection.send(OK + "\r\n");
              while (true) {
                connection.send("x".repeat(10_000));
              }
            })) {
      Address.Unix address = new Address.Unix(engine.socket());
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(address.path()))) {
        channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8)));
        assertThatThrownBy(() -> new ResponseReader(new ChannelInput(channel), 100_000).read())
            .hasMessage("the answer is longer than 100000 bytes");
      }
    }
  }

  static Stream<Arguments> hangs() {
    return Stream.of(
        hang("no answer", Connection::hang),
        hang("half a status", then("HTTP/1.1 2", Connection::hang)),
        hang("half a header", then(OK + "Content-Le", Connection::hang)),
        hang("no body", then(OK + "Content-Length: 5\r\n\r\n", Connection::hang)),
        hang("half a body", then(OK + "Content-Length: 5\r\n\r\nhe", Connection::hang)),
        hang("never closed", then(OK + "\r\nhe", Connection::hang)),
        hang(
            "half a chunk",
            then(OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhe", Connection::hang)),
        hang(
            "no last chunk",
            then(OK + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n", Connection::hang)),
        hang("headers for ever", then(OK, connection -> connection.trickle("A: b\r\n"))),
        hang("1xx for ever", connection -> connection.trickle("HTTP/1.1 100 C\r\n\r\n")),
        hang("a body for ever", then(OK + "\r\n", connection -> connection.trickle("x"))),
        hang(
            "chunks for ever",
            then(
                OK + "Transfer-Encoding: chunked\r\n\r\n",
                connection -> connection.trickle("1\r\nx\r\n"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hangs")
  void timeLimitHoldsForTheWholeExchange(String what, Answer answer) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> ask(answer, SHORT))
        .isInstanceOf(TimeLimitException.class)
        .hasMessage("Fake did not answer GET /x within 0.2 s: is the daemon hanging?");
    assertInTime(start);
  }

  @Test
  void timeLimitHoldsForConnectingToAFullQueue() throws Exception {
    Path socket = directory.resolve("full.sock");
    List<SocketChannel> waiting = new ArrayList<>();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket), 1);
      // Linux admits one connection more than the backlog. A connect that has to wait is not an
      // error.
      for (int i = 0; i < 2; i++) {
        waiting.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
      }
      long start = System.nanoTime();
      assertThatThrownBy(
              () -> new HttpClient("Fake", new Address.Unix(socket)).exchange("GET", "/x", SHORT))
          .isInstanceOf(TimeLimitException.class)
          .hasMessage(
              "Fake did not accept a connection for GET /x within 0.2 s: is the daemon hanging?");
      assertInTime(start);
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  @Test
  void noThreadStaysBehind() throws Exception {
    ask(connection -> connection.reply(200, "x"), LONG);
    assertThatThrownBy(() -> ask(Connection::hang, SHORT)).isInstanceOf(TimeLimitException.class);
    await()
        .until(() ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("sexton-")));
  }

  @Test
  void interruptEndsTheExchange() throws Exception {
    AtomicReference<Exception> thrown = new AtomicReference<>();
    try (FakeEngine engine =
        new FakeEngine(directory, (request, connection) -> connection.hang())) {
      Thread caller =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  new HttpClient("Fake", new Address.Unix(engine.socket()))
                      .exchange("GET", "/x", LONG);
                } catch (IOException e) {
                  thrown.set(e);
                }
              });
      await().until(() -> !engine.requests().isEmpty());
      caller.interrupt();
      assertThat(caller.join(LONG)).isTrue();
    }
    assertThat(thrown.get())
        .isInstanceOf(InterruptedIOException.class)
        .hasMessage("interrupted while Fake answered GET /x");
  }

  @Test
  void missingSocketSaysSo() {
    assertCannotConnect(
        directory.resolve("none.sock"),
        "Fake cannot be reached: there is no such socket; is the engine installed, and is its"
            + " daemon running?");
  }

  @Test
  void socketThatNobodyServesSaysSo() throws Exception {
    Path socket = directory.resolve("dead.sock");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    assertCannotConnect(
        socket, "Fake cannot be reached: Connection refused; is its daemon running?");
  }

  @Test
  void fileThatIsNoSocketSaysSo() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertCannotConnect(file, "Fake cannot be reached: Connection refused; is its daemon running?");
  }

  @Test
  void pathThatIsTooLongSaysSo() throws Exception {
    Path file = Files.createFile(directory.resolve("x".repeat(200)));
    assertCannotConnect(file, "Fake cannot be reached: Unix domain path too long");
  }

  private static void assertCannotConnect(Path socket, String message) {
    assertThatThrownBy(
            () -> new HttpClient("Fake", new Address.Unix(socket)).exchange("GET", "/x", LONG))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }

  @Test
  void tcpIsSpokenToo() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 1, loopback)) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try (var socket = server.accept()) {
              socket.getInputStream().read(new byte[1000]);
              socket.getOutputStream().write((OK + "\r\nhello").getBytes(UTF_8));
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      Address address = new Address.Tcp("localhost", server.getLocalPort());
      assertThat(new HttpClient("Fake", address).exchange("GET", "/x", LONG).text())
          .isEqualTo("hello");
    }
    Address gone = new Address.Tcp("127.0.0.1", freePort(loopback));
    assertThatThrownBy(() -> new HttpClient("Fake", gone).exchange("GET", "/x", LONG))
        .hasMessage("Fake cannot be reached: Connection refused; is its daemon running?");
    Address unknown = new Address.Tcp("no-such-host.invalid", 2375);
    assertThatThrownBy(() -> new HttpClient("Fake", unknown).exchange("GET", "/x", LONG))
        .hasMessage("Fake cannot be reached: unknown host name: no-such-host.invalid");
  }

  private static int freePort(InetAddress address) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(address, 0));
      return socket.getLocalPort();
    }
  }

  /// Answers a connection, or does not answer.
  interface Answer {
    void on(Connection connection) throws IOException;
  }

  private static Arguments hang(String what, Answer answer) {
    return Arguments.of(what, answer);
  }

  private static Answer then(String raw, Answer next) {
    return connection -> {
      connection.send(raw);
      next.on(connection);
    };
  }

  private HttpResponse ask(Answer answer, Duration limit) throws IOException {
    Handler handler = (request, connection) -> answer.on(connection);
    Path own = Files.createTempDirectory(directory, "e");
    try (FakeEngine engine = new FakeEngine(own, handler)) {
      return new HttpClient("Fake", new Address.Unix(engine.socket())).exchange("GET", "/x", limit);
    }
  }

  /// The upper bound is generous because these machines are shared.
  private static void assertInTime(long startNanos) {
    assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
        .isBetween(SHORT, SHORT.plusSeconds(5));
  }
}
