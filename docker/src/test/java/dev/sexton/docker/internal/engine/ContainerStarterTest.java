package dev.sexton.docker.internal.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.sexton.docker.ContainerSession;
import dev.sexton.docker.ContainerSpec;
import dev.sexton.internal.http.Address;
import dev.sexton.testsupport.FakeEngine;
import dev.sexton.testsupport.FakeEngine.Connection;
import dev.sexton.testsupport.FakeEngine.Handler;
import dev.sexton.testsupport.FaultyServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One fault in each call that starts or follows a container must give a one-line error in time.
@Timeout(60)
class ContainerStarterTest {
  private static final String ID = "aaaaaaaaaaaaaaaaaaaa";

  /// Limits for an engine that hangs. The calls before that one must not exceed them.
  private static final Limits HANGING = FaultTest.limits(Duration.ofSeconds(1));

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String STREAM = "HTTP/1.1 200 OK\r\n\r\n";

  @TempDir Path directory;
  private FakeEngine engine;
  private volatile String faulty = "";
  private volatile Handler fault = (request, connection) -> {};
  private final AtomicBoolean exists = new AtomicBoolean();
  private volatile boolean missing;
  private volatile boolean running = true;

  @BeforeEach
  void start() throws IOException {
    engine =
        new FakeEngine(
            directory,
            (request, connection) -> {
              String call = request.method() + " " + request.path().replaceFirst("\\?.*", "");
              if (call.equals(faulty)) {
                fault.handle(request, connection);
              } else {
                answer(call, connection);
              }
            });
  }

  @AfterEach
  void stop() throws IOException {
    engine.close();
  }

  private void answer(String call, Connection connection) throws IOException {
    String container = "/containers/" + ID;
    if (call.equals("GET /info")) {
      connection.reply(200, "{\"LoggingDriver\":\"json-file\",\"InitBinary\":\"docker-init\"}");
    } else if (call.equals("POST /containers/create")) {
      if (missing) {
        connection.reply(404, "{\"message\":\"No such image: busybox:latest\"}");
        return;
      }
      exists.set(true);
      connection.reply(201, "{\"Id\":\"" + ID + "\"}");
    } else if (call.equals("DELETE " + container)) {
      exists.set(false);
      connection.reply(204, "");
    } else if (call.equals("GET " + container + "/json") && exists.get()) {
      connection.reply(200, "{\"Id\":\"" + ID + "\",\"State\":{\"Running\":" + running + "}}");
    } else if (call.equals("GET " + container + "/json")) {
      connection.reply(404, "{\"message\":\"No such container\"}");
    } else if (call.equals("POST " + container + "/start")) {
      connection.reply(204, "");
    } else {
      connection.reply(200, "OK");
    }
  }

  private Limits limits = FaultTest.AMPLE;

  private ContainerStarter connect() throws IOException {
    return ContainerStarter.connect("Fake", new Address.Unix(engine.socket()), limits);
  }

  private ContainerSession session() throws IOException {
    return connect().start(ContainerSpec.builder("busybox").build(), line -> {});
  }

  private static final List<String> CALLS =
      List.of(
          "GET /_ping",
          "GET /info",
          "POST /containers/create",
          "POST /containers/" + ID + "/start",
          "GET /containers/" + ID + "/json");

  static Stream<Arguments> faults() {
    List<Arguments> faults = new ArrayList<>();
    for (String call : CALLS) {
      faults.add(fault(call, "hangs", Connection::hang));
      faults.add(fault(call, "closes", connection -> {}));
      faults.add(
          fault(
              call,
              "answers half and hangs",
              connection -> {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"Id\":");
                connection.hang();
              }));
      faults.add(
          fault(
              call,
              "answers half and closes",
              connection -> connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")));
      if (!call.equals("GET /_ping")) { // This call may fail. Then the version is requested.
        faults.add(
            fault(
                call,
                "answers 500",
                connection ->
                    connection.reply(
                        500, "{\"message\":\"two\\nlines\\u0007" + "x".repeat(5000) + "\"}")));
      }
      if (!call.endsWith("/start")) { // For this call, only the status counts.
        faults.add(
            fault(
                call,
                "answers a page",
                connection -> connection.reply(200, "<html>Log in!</html>")));
      }
    }
    return faults.stream();
  }

  private static Arguments fault(String call, String what, FaultyServer.Fault fault) {
    return Arguments.of(call + " " + what, call, fault);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void faultIsOneLineAndNothingStays(String name, String call, FaultyServer.Fault what) {
    faulty = call;
    if (name.contains("hangs")) {
      limits = HANGING;
    }
    // Only the first time, because the removal afterwards also inspects the container.
    AtomicBoolean once = new AtomicBoolean(call.endsWith("/json"));
    fault =
        (request, connection) -> {
          if (call.endsWith("/json") && !once.getAndSet(false)) {
            answer(call, connection);
          } else if (call.equals("GET /_ping") && name.endsWith("a page")) {
            connection.send("HTTP/1.1 200 OK\r\nApi-Version: <html>\r\n\r\n");
          } else {
            what.on(connection);
          }
        };
    Throwable failure = catchThrowable(this::session);
    assertThat(failure).isInstanceOf(IOException.class).hasMessageContaining("Fake");
    assertThat(failure.getMessage()).hasSizeLessThan(600).doesNotContain("\n", "\u0007");
    assertThat(exists).isFalse();
  }

  @Test
  void withoutAFaultItStarts() throws Exception {
    try (ContainerSession session = session()) {
      assertThat(session.id()).isEqualTo(ID);
      assertThat(session.isRunning()).isTrue();
    }
    assertThat(engine.requests()).noneMatch(request -> request.startsWith("DELETE"));
  }

  @Test
  void interruptedStartIsUndone() throws Exception {
    faulty = "POST /containers/" + ID + "/start";
    fault = (request, connection) -> connection.hang();
    ContainerStarter patient =
        ContainerStarter.connect("Fake", new Address.Unix(engine.socket()), Limits.DEFAULT);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    Thread starting =
        Thread.ofPlatform()
            .start(() -> {
              thrown.set(
                  catchThrowable(
                      () -> patient.start(ContainerSpec.builder("busybox").build(), line -> {})));
              flag.set(Thread.currentThread().isInterrupted());
            });
    await().until(() -> engine.requests().stream().anyMatch(one -> one.endsWith("/start")));
    starting.interrupt();
    assertThat(starting.join(LONG)).isTrue();
    assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
    assertThat(flag).isTrue();
    assertThat(exists).isFalse();
  }

  @Test
  void engineThatIsTooOldSaysSo() {
    faulty = "GET /_ping";
    fault =
        (request, connection) ->
            connection.send("HTTP/1.1 200 OK\r\nApi-Version: 1.24\r\nContent-Length: 0\r\n\r\n");
    assertThatThrownBy(this::connect).hasMessageContaining("too old to start containers; update");
  }

  // Pulls

  private Throwable pull(String answer, List<String> lines) throws IOException {
    missing = true;
    faulty = "POST /images/create";
    fault =
        (request, connection) -> {
          missing = false;
          connection.send(answer);
        };
    ContainerStarter starter = connect();
    ContainerSpec spec = ContainerSpec.builder("busybox").pull(true).build();
    return catchThrowable(() -> starter.start(spec, lines::add));
  }

  @Test
  void pullIsToldStepByStep() throws Exception {
    List<String> lines = new ArrayList<>();
    String one =
        "{\"status\":\"Loading\",\"id\":\"a\",\"progressDetail\":{\"current\":1,\"total\":2}}";
    assertThat(
            pull(
                STREAM
                    + "{\"status\":\"Pulling\"}\r\n"
                    + one
                    + "\n"
                    + one
                    + "\n{\"stream\":\"x\\ny\"}",
                lines))
        .isNull();
    assertThat(lines).containsExactly("Pulling", "a: Loading 1/2", "x y");
    assertThat(engine.requests())
        .contains("POST /v1.41/images/create?fromImage=busybox&tag=latest");
    assertThat(exists).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        STREAM + "{\"error\":\"is\\nbroken\"}\n",
        "HTTP/1.1 500 X\r\n\r\n{\"message\":\"is\\nbroken\"}",
        "HTTP/1.1 404 X\r\n\r\n{\"message\":\"is\\nbroken\"}"
      })
  void pullThatFailsSaysWhatTheEngineSays(String answer) throws Exception {
    assertThat(pull(answer, new ArrayList<>()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the image busybox:latest was not pulled: Fake")
        .hasMessageContaining("is broken");
    assertThat(exists).isFalse();
  }

  @Test
  void nonsenseInAPullIsAnError() throws Exception {
    for (String answer :
        List.of(
            STREAM + "<html>\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
            STREAM + "x".repeat(100_000))) {
      assertThat(pull(answer, new ArrayList<>()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Fake");
    }
    assertThat(exists).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pullThatHangsIsEndedByClosingOrInterrupting(boolean interrupt) throws Exception {
    missing = true;
    faulty = "POST /images/create";
    fault = (request, connection) -> connection.hang();
    ContainerStarter starter = connect();
    ContainerSpec spec = ContainerSpec.builder("busybox").pull(true).build();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread pulling =
        Thread.ofPlatform()
            .start(() -> thrown.set(catchThrowable(() -> starter.start(spec, line -> {}))));
    await().until(() -> engine.requests().stream().anyMatch(one -> one.contains("/images/")));
    if (interrupt) {
      pulling.interrupt();
    } else {
      starter.close();
    }
    assertThat(pulling.join(LONG)).isTrue();
    assertThat(thrown.get())
        .isInstanceOf(interrupt ? InterruptedIOException.class : IOException.class)
        .hasMessageContaining("Fake");
  }

  // Output

  private static byte[] frame(int kind, long length, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return ByteBuffer.allocate(8 + bytes.length)
        .putInt(kind << 24)
        .putInt((int) length)
        .put(bytes)
        .array();
  }

  private static byte[] frame(int kind, String text) {
    return frame(kind, text.length(), text);
  }

  private void logs(byte[]... pieces) {
    faulty = "GET /containers/" + ID + "/logs";
    fault =
        (request, connection) -> {
          connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          for (byte[] piece : pieces) {
            for (byte one : piece) { // The worst way to split it.
              connection.send("1\r\n");
              connection.send(new byte[] {one, '\r', '\n'});
            }
          }
          connection.send("0\r\n\r\n");
          running = false;
        };
  }

  @Test
  void framesAreTakenApartHoweverTheyAreCut() throws Exception {
    logs(frame(1, "one"), frame(2, "err"), frame(1, ""), frame(1, " two"), frame(2, ""));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    session().follow(out, err);
    assertThat(out.toString(UTF_8)).isEqualTo("one two");
    assertThat(err.toString(UTF_8)).isEqualTo("err");
  }

  static Stream<byte[]> notFrames() {
    return Stream.of(
        frame(3, "daemon"),
        frame(-1, "x"),
        frame(1, 5, "half"),
        frame(1, 0xFFFF_FFFFL, "half"),
        new byte[] {1, 0, 0},
        "plain text, as of a terminal".getBytes(UTF_8));
  }

  @ParameterizedTest
  @MethodSource("notFrames")
  void whatIsNoFrameIsAnError(byte[] bytes) throws Exception {
    logs(bytes);
    OutputStream nowhere = OutputStream.nullOutputStream();
    ContainerSession session = session();
    assertThatThrownBy(() -> session.follow(nowhere, nowhere))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Fake")
        .hasMessageContaining("/logs");
  }

  @Test
  void followFailsInTimeIfNothingBegins() throws Exception {
    limits = HANGING;
    faulty = "GET /containers/" + ID + "/logs";
    ContainerSession session = session();
    OutputStream nowhere = OutputStream.nullOutputStream();
    for (Handler each :
        List.<Handler>of(
            (request, connection) -> connection.hang(),
            (request, connection) -> {
              connection.send("HTTP/1.1 500 X\r\nContent-Length: 99\r\n\r\n{");
              connection.hang();
            },
            (request, connection) -> connection.reply(500, "{\"message\":\"no\"}"),
            (request, connection) -> {})) {
      fault = each;
      assertThatThrownBy(() -> session.follow(nowhere, nowhere))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Fake");
    }
  }

  @Test
  void streamThatFailsIsToldAsItIs() throws Exception {
    logs(frame(1, "x"));
    IOException full = new IOException("no space left");
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw full;
          }
        };
    ContainerSession session = session();
    assertThatThrownBy(() -> session.follow(broken, OutputStream.nullOutputStream()))
        .isSameAs(full);
  }

  // The end

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "<html>",
        "{\"StatusCode\":\"x\"}",
        "{\"StatusCode\":[]}",
        "{\"StatusCode\":0,\"Error\":{\"Message\":\"is broken\"}}"
      })
  void answerToAWaitIsNotBelieved(String answer) throws Exception {
    faulty = "POST /containers/" + ID + "/wait";
    fault = (request, connection) -> connection.reply(200, answer);
    ContainerSession session = session();
    assertThatThrownBy(session::await).isInstanceOf(IOException.class).hasMessageContaining("Fake");
  }

  @Test
  void exitCodeThatWasSeenIsKept() throws Exception {
    faulty = "POST /containers/" + ID + "/wait";
    fault = (request, connection) -> connection.reply(200, "{\"StatusCode\":3,\"Error\":null}");
    ContainerSession session = session();
    assertThat(session.await()).isEqualTo(3);
    exists.set(false);
    assertThat(session.exitCode()).hasValue(3);
  }

  @Test
  void containerThatGoesBeforeTheWaitHasNoKnownExitCode() throws Exception {
    faulty = "POST /containers/" + ID + "/wait";
    fault = (request, connection) -> connection.reply(404, "{\"message\":\"No such container\"}");
    assertThat(session().await()).isEqualTo(ContainerSession.UNKNOWN_EXIT_CODE);
  }
}
