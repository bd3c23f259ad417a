package dev.sexton.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sexton.docker.ContainerEngine;
import dev.sexton.docker.ContainerSession;
import dev.sexton.docker.ContainerSpec;
import dev.sexton.docker.ContainerSpec.Mount;
import dev.sexton.docker.ContainerSpec.PortMapping;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.RealEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What any engine must provide when containers are started and followed. Results are checked with
/// the docker command.
@Gate("needs a container engine")
@Timeout(180)
abstract class ContainerSessionContract {
  static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;
  RealEngine real;
  ContainerEngine engine;
  private final List<ContainerSession> sessions = new ArrayList<>();

  /// Returns the engine. Skips the test if there is none.
  abstract RealEngine engine() throws Exception;

  @BeforeEach
  void setUp() throws Exception {
    real = engine();
    engine = ContainerEngine.find(real.environment());
  }

  @AfterEach
  void tearDown() {
    sessions.forEach(ContainerSession::close);
    if (engine != null) { // Null if the test was skipped.
      engine.close();
      real.close();
    }
  }

  ContainerSpec.Builder spec(String... command) {
    return ContainerSpec.builder(RealEngine.IMAGE).labels(real.label()).command(List.of(command));
  }

  ContainerSession start(ContainerSpec.Builder spec) throws IOException {
    ContainerSession session = engine.start(spec.build(), line -> {});
    sessions.add(session);
    return session;
  }

  private String output(ContainerSession session) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    session.follow(out, OutputStream.nullOutputStream());
    return out.toString(UTF_8);
  }

  @Test
  void startedContainerRunsWithItsLabelsAndWithoutPrivileges() throws Exception {
    Map<String, String> labels = new LinkedHashMap<>(real.label());
    labels.put("odd", "a=b \"c\" \\ ä\n");
    String name = "sexton-test-" + UUID.randomUUID();
    ContainerSession session =
        start(spec("sleep", "1000").labels(labels).name(name).workingDirectory("/bin"));

    assertThat(real.left()).containsExactly(session.id());
    assertThat(session.isRunning()).isTrue();
    assertThat(session.exitCode()).isEmpty();
    assertThat(session.ports()).isEmpty();
    assertThat(real.inspect(session.id(), "{{.State.Running}} {{.Name}} {{.Config.WorkingDir}}"))
        .isEqualTo("true /" + name + " /bin");
    assertThat(real.inspect(session.id(), "{{index .Config.Labels \"odd\"}}|"))
        .isEqualTo("a=b \"c\" \\ ä\n|");
    assertThat(
            real.inspect(
                session.id(),
                "{{.HostConfig.Privileged}} {{.HostConfig.AutoRemove}}"
                    + " {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.SecurityOpt}}"))
        .matches("false false (no)? ?\\[no-new-privileges.*\\]");
    assertThat(
            real.inspect(
                session.id(),
                "{{.HostConfig.NetworkMode}},{{.HostConfig.PidMode}},{{.HostConfig.IpcMode}}"))
        .doesNotContain("host");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 255})
  void exitCodeIsThatOfTheCommand(int code) throws Exception {
    ContainerSession session = start(spec("sh", "-c", "exit " + code));
    assertThat(session.await()).isEqualTo(code);
    assertThat(session.exitCode()).hasValue(code);
    assertThat(session.isRunning()).isFalse();
    assertThat(real.inspect(session.id(), "{{.State.ExitCode}}")).isEqualTo("" + code);
  }

  @Test
  void killIsSeenByWhoWaits() throws Exception {
    ContainerSession session = start(spec("sleep", "1000"));
    Background waiting = Background.of(session::await);
    await().atMost(LONG).until(waiting::waitsForTheEngine);
    real.docker("kill", session.id());
    assertThat(waiting.result()).isEqualTo(137);
    real.docker("rm", session.id());
    assertThat(session.exitCode()).hasValue(137);
  }

  @Test
  void whatWasRemovedIsNotRunning() throws Exception {
    ContainerSession session = start(spec("sleep", "1000"));
    real.docker("rm", "-f", session.id());
    assertThat(session.isRunning()).isFalse();
    assertThat(session.exitCode()).isEqualTo(OptionalInt.of(ContainerSession.UNKNOWN_EXIT_CODE));
    assertThat(session.await()).isEqualTo(ContainerSession.UNKNOWN_EXIT_CODE);
  }

  /// Returns the place where two texts begin to differ, or an empty string if they are equal. The
  /// texts are too long to be shown in full.
  private static String firstDifference(String expected, String actual) {
    int at = Arrays.mismatch(expected.toCharArray(), actual.toCharArray());
    return at < 0
        ? ""
        : "at %d: <%s> instead of <%s>".formatted(at, around(actual, at), around(expected, at));
  }

  private static String around(String text, int at) {
    return text.substring(Math.max(0, at - 60), Math.min(text.length(), at + 120));
  }

  @Test
  void megabyteOfOutputComesInOrderAndNotMixed() throws Exception {
    int lines = 20_000;
    String padding = "x".repeat(50);
    ContainerSession session =
        start(
            spec(
                "sh",
                "-c",
                "i=0; while [ $i -lt "
                    + lines
                    + " ]; do echo $i "
                    + padding
                    + "; [ $((i % 10)) = 0 ] && echo e$i >&2; i=$((i+1)); done; printf end"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    session.follow(out, err);

    assertThat(session.await()).isZero();
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    session.follow(again, OutputStream.nullOutputStream());
    String written = numbered(lines, "", " " + padding, 1) + "end";
    assertThat(firstDifference(written, again.toString(UTF_8))).as("the engine's log").isEmpty();
    assertThat(firstDifference(written, out.toString(UTF_8)))
        .as("stdout, followed while it was written, unlike the engine's log")
        .isEmpty();
    assertThat(firstDifference(numbered(lines, "e", "", 10), err.toString(UTF_8)))
        .as("stderr is what was written")
        .isEmpty();
  }

  private static String numbered(int lines, String before, String after, int step) {
    return IntStream.range(0, lines)
        .filter(i -> i % step == 0)
        .mapToObj(i -> before + i + after + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void outputComesWhileItRunsAndCloseEndsIt() throws Exception {
    ContainerSession session = start(spec("sh", "-c", "echo here; sleep 1000"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Background following = follow(session, out);
    await().atMost(LONG).until(() -> out.toString(UTF_8).equals("here\n"));
    session.close();
    assertThat(following.result()).isEqualTo("returned");
    assertThat(real.inspect(session.id(), "{{.State.Running}}")).isEqualTo("true");
  }

  @Test
  void closeAndInterruptEndAWait() throws Exception {
    ContainerSession session = start(spec("sleep", "1000"));
    Background interrupted = Background.of(session::await);
    await().atMost(LONG).until(interrupted::waitsForTheEngine);
    interrupted.thread().interrupt();
    assertThat(interrupted.result()).isInstanceOf(InterruptedException.class);

    Background closed = Background.of(session::await);
    await().atMost(LONG).until(closed::waitsForTheEngine);
    session.close();
    assertThat(closed.result()).isInstanceOf(IOException.class);
    assertThat(real.inspect(session.id(), "{{.State.Running}}")).isEqualTo("true");
  }

  @Test
  void interruptEndsAFollower() throws Exception {
    ContainerSession session = start(spec("sh", "-c", "echo here; sleep 1000"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Background following = follow(session, out);
    await().atMost(LONG).until(() -> out.size() > 0);
    following.thread().interrupt();
    assertThat(following.result()).isInstanceOf(InterruptedIOException.class);
  }

  private interface Call {
    Object run() throws Exception;
  }

  /// A call that runs on a thread of its own.
  private record Background(Thread thread, AtomicReference<Object> outcome) {
    static Background of(Call call) {
      AtomicReference<Object> outcome = new AtomicReference<>();
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  outcome.set(call.run());
                } catch (Exception e) {
                  outcome.set(e);
                }
              });
      return new Background(thread, outcome);
    }

    /// Returns whether the thread reads what the engine sends when the container has ended.
    boolean waitsForTheEngine() {
      List<String> stack =
          Arrays.stream(thread.getStackTrace())
              .map(frame -> frame.getClassName() + "." + frame.getMethodName())
              .toList();
      return stack.stream().anyMatch(frame -> frame.endsWith(".awaitEnd"))
          && stack.stream().anyMatch(frame -> frame.endsWith("ChannelInput.fill"));
    }

    /// Waits until the call has ended, and returns its result or what it has thrown.
    Object result() throws InterruptedException {
      assertThat(thread.join(LONG)).isTrue();
      return outcome.get();
    }
  }

  private static Background follow(ContainerSession session, OutputStream out) {
    return Background.of(() -> {
      session.follow(out, OutputStream.nullOutputStream());
      return "returned";
    });
  }

  @Test
  void portsCanBeReachedFromThisMachineOnly() throws Exception {
    Path www = Files.createDirectory(directory.resolve("www"));
    Files.writeString(www.resolve("index.html"), "hello from inside");
    ContainerSession session =
        start(
            spec("busybox", "httpd", "-f", "-p", "8080", "-h", "/www")
                .mounts(List.of(new Mount(www, "/www", true)))
                .ports(List.of(new PortMapping(8080, 0), new PortMapping(9090, 0))));

    assertThat(session.ports()).containsOnlyKeys(8080, 9090);
    int port = session.ports().getOrDefault(8080, 0);
    await().atMost(LONG).ignoreExceptions().until(() -> fetch(port).equals("hello from inside"));
    assertThat(
            real.inspect(
                session.id(),
                "{{range .NetworkSettings.Ports}}{{range .}}{{.HostIp}} {{end}}{{end}}"))
        .isEqualTo("127.0.0.1 127.0.0.1");

    assertThatThrownBy(
            () -> start(spec("sleep", "1000").ports(List.of(new PortMapping(8080, port)))))
        .isInstanceOf(IOException.class)
        .satisfies(ContainerSessionContract::isOneLine);
    assertThat(real.left()).as("the one that did not start is gone").containsExactly(session.id());
  }

  private static String fetch(int port) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + port + "/index.html").toURL().openConnection();
    connection.setConnectTimeout(5_000);
    connection.setReadTimeout(5_000);
    return new String(connection.getInputStream().readAllBytes(), UTF_8);
  }

  @ParameterizedTest
  @CsvSource({"true, 1", "false, 0"})
  void mountIsWrittenOnlyIfItMayBe(boolean readOnly, int code) throws Exception {
    Path mounted = Files.createDirectory(directory.resolve("a dir:with odd=name"));
    Files.writeString(mounted.resolve("in"), "seen");
    ContainerSession session =
        start(
            spec("sh", "-c", "cat /m/in; : > /m/out")
                .mounts(List.of(new Mount(mounted, "/m", readOnly))));
    assertThat(session.await()).isEqualTo(code);
    assertThat(output(session)).isEqualTo("seen");
    assertThat(Files.exists(mounted.resolve("out"))).isEqualTo(!readOnly);
  }

  @Test
  void limitsAreSeenByTheEngine() throws Exception {
    ContainerSession session =
        start(spec("sleep", "1000").memoryBytes(64L * 1024 * 1024).cpus(0.5).pidsLimit(77));
    assertThat(
            real.inspect(
                session.id(),
                "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}}"))
        .isEqualTo("67108864 500000000 77");
  }

  @Test
  void environmentArrivesAsItIs() throws Exception {
    String odd = "a=b c'd\"e$HOME `x` \\n\tä€\n%s;|&";
    ContainerSession session =
        start(
            spec("sh", "-c", "printf '%s|%s' \"$ODD\" \"$EMPTY\"")
                .environment(Map.of("ODD", odd, "EMPTY", "")));
    assertThat(session.await()).isZero();
    assertThat(output(session)).isEqualTo(odd + "|");
  }

  @Test
  void entrypointComesBeforeTheCommand() throws Exception {
    ContainerSession session = start(spec("; echo $0", "x y").entrypoint(List.of("sh", "-c")));
    // sh -c takes a script, and then $0.
    assertThat(session.await()).isNotZero();
    ContainerSession good = start(spec("echo \"$0\"", "x y").entrypoint(List.of("sh", "-c")));
    assertThat(good.await()).isZero();
    assertThat(output(good)).isEqualTo("x y\n");
  }

  @Test
  void missingImageSaysSo() throws Exception {
    String image = "sexton-test/none-" + UUID.randomUUID() + ":1";
    assertThatThrownBy(() -> engine.start(ContainerSpec.builder(image).build(), line -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no image " + image + "; pull it or name another")
        .satisfies(ContainerSessionContract::isOneLine);
  }

  @Test
  void registryThatCannotBeReachedSaysSo() throws Exception {
    String image = "127.0.0.1:1/sexton-test/none:1";
    assertThatThrownBy(
            () -> engine.start(ContainerSpec.builder(image).pull(true).build(), line -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the image " + image + " was not pulled")
        .hasMessageContaining("connection refused")
        .satisfies(ContainerSessionContract::isOneLine);
  }

  @Test
  void nameInUseSaysSo() throws Exception {
    String name = "sexton-test-" + UUID.randomUUID();
    ContainerSession first = start(spec("sleep", "1000").name(name));
    String state = real.state(first.id());
    assertThatThrownBy(() -> start(spec("sleep", "1000").name(name)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("in use")
        .satisfies(ContainerSessionContract::isOneLine);
    assertThat(real.left()).containsExactly(first.id());
    assertThat(real.state(first.id())).isEqualTo(state);
  }

  @Test
  void whatCannotStartIsRemovedAgain() throws Exception {
    // Without an init, which would start and find the error itself.
    assertThatThrownBy(() -> start(spec("/no/such/command").init(false)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/no/such/command")
        .satisfies(ContainerSessionContract::isOneLine);
    assertThat(real.left()).isEmpty();
  }

  static void isOneLine(Throwable failure) {
    assertThat(failure.getMessage()).hasSizeLessThan(1000).doesNotContain("\n");
  }
}
