package dev.sexton.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.testsupport.Await;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.ProcScan;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests engines behind ssh against a stand-in for the command `ssh`, which answers itself. It
/// appends its command line and its PID to files.
@Timeout(60)
class SshTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /// Answers each request with its PID and the number of the request.
  private static final String SERVE =
      """
      number=0
      while read -r line; do
        if [ "$line" = "$(printf '\\r')" ]; then
          number=$((number + 1))
          body="$$ $number"
          printf 'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s' ${#body} "$body"
          AFTER
        fi
      done
      """;

  @TempDir private Path directory;
  private HttpClient client;

  @BeforeEach
  void create() {
    client = new HttpClient("Docker", address(""));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    client.close();
    for (long pid : pids()) {
      Await.until("process " + pid + " has ended", () -> ProcScan.isGone(pid));
    }
  }

  private void install(String script) throws IOException {
    Path ssh = directory.resolve("ssh");
    Files.writeString(
        ssh,
        "#!/bin/sh\necho \"$*\" >>arguments.txt\necho $$ >>pids.txt\n"
                .replace(">>", ">>'" + directory + "'/")
            + script);
    assertThat(ssh.toFile().setExecutable(true)).isTrue();
  }

  private Address.Ssh address(String socket) {
    return new Address.Ssh(
        new SshDestination("me", "box", 2222, socket),
        Map.of("PATH", directory + ":/usr/bin:/bin", "SSH_AUTH_SOCK", "/agent"));
  }

  private static String serve(String after) {
    return SERVE.replace("AFTER", after);
  }

  private List<Long> pids() throws IOException {
    Path file = directory.resolve("pids.txt");
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(Long::valueOf).toList()
        : List.of();
  }

  private List<String> arguments() throws IOException {
    return Files.readAllLines(directory.resolve("arguments.txt"));
  }

  private String get() throws IOException {
    return client.exchange("GET", "/x", LIMIT).text();
  }

  @Test
  void requestsThatFollowEachOtherShareAProcess() throws IOException {
    install(serve(":"));
    // The first request asks whether the engine is there.
    assertThat(get()).isEqualTo(pids().getFirst() + " 2");
    assertThat(get()).isEqualTo(pids().getFirst() + " 3");

    assertThat(arguments())
        .containsExactly(
            "-o BatchMode=yes -o ConnectTimeout=10 -o ControlMaster=no -o LogLevel=ERROR"
                + " -o ServerAliveInterval=10 -o ServerAliveCountMax=2 -T -l me -p 2222 -- box"
                + " docker system dial-stdio");
    client.close();
    assertThat(pids()).allMatch(ProcScan::isGone);
    assertThatThrownBy(this::get).hasMessageContaining("it was closed");
  }

  @Test
  void theProcessHasTheGivenEnvironmentOnly() throws IOException {
    install("env >'" + directory + "/environment.txt'\n" + serve(":"));
    get();
    assertThat(Files.readAllLines(directory.resolve("environment.txt")))
        .filteredOn(line -> !line.matches("(PWD|_|OLDPWD|SHLVL)=.*"))
        .containsExactlyInAnyOrder("PATH=" + directory + ":/usr/bin:/bin", "SSH_AUTH_SOCK=/agent");
  }

  @Test
  void requestsAtTheSameTimeHaveAProcessEach() throws Exception {
    install(serve("[ $number = 1 ] || sleep 0.3"));
    CompletableFuture<String> other =
        CompletableFuture.supplyAsync(() -> {
          try {
            return get();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    get();
    other.get();
    assertThat(pids()).hasSizeBetween(1, 2);
  }

  @Test
  void aConnectionThatHasEndedIsReplaced() throws IOException {
    install(serve("[ $number = 1 ] || exit 0"));
    get();
    assertThat(get()).isEqualTo(pids().getLast() + " 2");
    assertThat(pids()).hasSize(2);
  }

  @Test
  void aRequestThatChangesSomethingIsNotSentTwice() throws IOException {
    install(
        serve("[ $number != 3 ] || exit 0").replace("body=", "[ $number != 3 ] || exit 0; body="));
    get();
    assertThatThrownBy(() -> client.exchange("POST", "/x", LIMIT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no valid answer to POST /x");
    assertThat(pids()).hasSize(1);
  }

  @Test
  void theEngineOfASocketIsAskedThere() throws IOException {
    install(serve(":"));
    client = new HttpClient("Docker", address("/run/docker.sock"));
    get();
    assertThat(arguments().getFirst())
        .endsWith("-- box docker --host=unix:///run/docker.sock system dial-stdio");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo 'sh: 1: docker: not found' >&2; exit 127",
        "echo 'docker: Command not found.' >&2; exit 1"
      })
  void podmanIsAskedWhereThereIsNoDocker(String failure) throws IOException {
    install("case \"$*\" in *' docker '*) " + failure + ";; esac\n" + serve(":"));
    client = new HttpClient("Podman", address("/run/podman/podman.sock"));
    get();
    assertThat(arguments()).hasSize(2);
    assertThat(arguments().getLast())
        .endsWith("-- box podman --url=unix:///run/podman/podman.sock system dial-stdio");
    // The next one is not asked for docker again.
    try (OpenStreams streams = new OpenStreams();
        HttpStream stream = client.stream("GET", "/y", LIMIT, false, streams)) {
      assertThat(stream.isSuccess()).isTrue();
      assertThat(arguments()).hasSize(3);
    }
  }

  @Test
  void podmanIsFoundByRequestsAtTheSameTime() throws Exception {
    install("case \"$*\" in *' docker '*) sleep 0.2; exit 127;; esac\n" + serve(":"));
    List<CompletableFuture<String>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return get();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              },
              task -> Thread.ofPlatform().start(task)));
    }
    for (CompletableFuture<String> one : all) {
      assertThat(one.get()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "255 | No ED25519 host key is known for [box]:2222 and you have requested strict checking."
            + "@Host key verification failed. | the host key of box is not known; run \"ssh -p 2222"
            + " me@box\" once and compare the key",
        "255 | @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @Host key verification failed. |"
            + " the host key of box has changed, so this may be another machine; find out why, and"
            + " only then remove the old key with ssh-keygen -R",
        "255 | me@box: Permission denied (publickey,password). | box does not let this user in"
            + " (publickey,password), and passwords are not asked for; set up a key, or add it to"
            + " the agent, until \"ssh -p 2222 me@box\" asks for nothing",
        "255 | ssh: connect to host box port 2222: Connection refused | no ssh server listens there"
            + " (ssh: connect to host box port 2222: Connection refused); start it, or correct the"
            + " port",
        "255 | ssh: Could not resolve hostname box: Name or service not known | there is no host"
            + " box; correct the name, or add it to ~/.ssh/config",
        "255 | Connection timed out during banner exchange | box did not answer by ssh within 10 s;"
            + " check the network, its ssh server and its engine (\"ssh -p 2222 me@box docker"
            + " version\")",
        "127 | bash: line 1: podman: command not found | neither docker nor podman is found on box"
            + " (bash: line 1: podman: command not found); install one, or put it on the PATH of"
            + " shells that are not interactive",
        "1 | failed to open the raw stream connection: dial unix /var/run/docker.sock: connect: no"
            + " such file or directory | the engine on box is not running (failed to open the raw"
            + " stream connection: dial unix /var/run/docker.sock: connect: no such file or"
            + " directory); start it there",
        "1 | permission denied while trying to connect to the docker API at unix:///x | the user on"
            + " box may not use the engine (permission denied while trying to connect to the docker"
            + " API at unix:///x); add the user to the group docker there",
        "1 | docker: 'system dial-stdio' is not a docker command. | the engine's command on box is"
            + " too old; update it to Docker 18.09 or newer",
        "3 | something else | something else (ssh ended with exit code 3 and no answer); try \"ssh"
            + " -p 2222 me@box docker version\"",
      })
  void aFailureIsExplained(int exitCode, String errors, String message) throws IOException {
    Files.writeString(
        directory.resolve("errors.txt"), errors.replace("@Host", "\r\nHost") + "\r\n");
    install("cat '" + directory + "/errors.txt' >&2\nexit " + exitCode + "\n");
    assertThatThrownBy(this::get)
        .isInstanceOf(IOException.class)
        .hasMessage("Docker cannot be reached: " + message);
  }

  @Test
  void aMissingSshIsNamed() throws IOException {
    install(serve(":"));
    Files.delete(directory.resolve("ssh"));
    client =
        new HttpClient(
            "Docker",
            new Address.Ssh(
                new SshDestination("", "box", 0, ""), Map.of("PATH", directory.toString())));
    assertThatThrownBy(this::get)
        .hasMessage(
            "Docker cannot be reached: the command ssh is not installed here, or is not on the"
                + " PATH; install openssh-client");
  }

  @Test
  void aLoginThatPrintsSomethingIsNamed() throws IOException {
    install("echo Welcome\n" + serve(":"));
    assertThatThrownBy(this::get)
        .hasMessageContaining("not an HTTP answer: \"Welcome\"")
        .hasMessageEndingWith(
            "a login on box must print nothing: check the start-up files of its shell");
  }

  @Test
  void theLimitEndsTheProcessAndItsHelpers() throws IOException {
    String unique = "1000." + System.nanoTime();
    install(
        serve(":")
            .replace("body=", "[ $number = 1 ] || { trap '' TERM; sleep " + unique + "; }; body="));
    assertThatThrownBy(() -> client.exchange("GET", "/x", Duration.ofSeconds(2)))
        .isInstanceOf(TimeLimitException.class)
        .hasMessageStartingWith("Docker did not answer GET /x within 2 s");
    assertThat(pids()).hasSize(1);
    Await.until(
        "both have ended",
        () -> ProcScan.isGone(pids().getFirst()) && ProcScan.withArgument(unique).isEmpty());
  }

  @Test
  @Gate("waits for the limit of a connection")
  void aMachineThatDoesNotAnswerExceedsTheLimit() throws IOException {
    install("exec sleep 1000\n");
    assertThatThrownBy(this::get)
        .hasMessageStartingWith("Docker cannot be reached: box did not answer by ssh within 10 s");
    assertThat(pids()).hasSize(1).allMatch(ProcScan::isGone);
  }

  @Test
  @Gate("waits until a connection is no longer kept")
  void anUnusedConnectionEnds() throws IOException {
    install(serve(":"));
    get();
    assertThat(pids()).hasSize(1).noneMatch(ProcScan::isGone);
    Await.until("the process has ended", () -> ProcScan.isGone(pids().getFirst()));
    get();
    assertThat(pids()).hasSize(2);
  }

  @Test
  void anInterruptEndsTheProcess() throws Exception {
    install("exec sleep 1000\n");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                get();
              } catch (IOException e) {
                thrown.set(e);
              }
            });
    Await.until("ssh runs", () -> !pids().isEmpty());
    thread.interrupt();
    thread.join();
    assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
    assertThat(pids()).hasSize(1).allMatch(ProcScan::isGone);
  }

  @Test
  void closingTheStreamsEndsTheProcess() throws Exception {
    install(serve(":").replace("body=", "[ $number = 1 ] || sleep 1000; body="));
    OpenStreams streams = new OpenStreams();
    CompletableFuture<Throwable> failure =
        CompletableFuture.supplyAsync(() -> {
          try (HttpStream _ = client.stream("GET", "/x", LIMIT, true, streams)) {
            return null;
          } catch (IOException e) {
            return e;
          }
        });
    Await.until("ssh runs", () -> !pids().isEmpty());
    streams.close();
    assertThat(failure.get()).isInstanceOf(IOException.class);
    assertThat(pids()).allMatch(ProcScan::isGone);
  }
}
