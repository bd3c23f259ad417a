package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.cli.Main;
import dev.sexton.cli.output.Io;
import dev.sexton.testsupport.Jvm;
import dev.sexton.testsupport.ProcScan;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tests `sexton mcp --http`.
final class HttpCommandTest {
  private static final String TOKEN = "0123456789abcdef-secret";

  private static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
      "capabilities":{},"clientInfo":{"name":"test","version":"0"}}}\
      """;

  @TempDir Path home;

  private String refusal(Map<String, String> environment, String... options) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("HOME", home.toString());
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(err, true, UTF_8);
    int exit =
        Main.run(
            new Io(print, print, false, false, variables),
            Stream.concat(Stream.of("mcp"), Stream.of(options)).toArray(String[]::new));
    assertThat(exit).as(err.toString(UTF_8)).isEqualTo(2);
    assertThat(err.toString(UTF_8).lines()).hasSize(1);
    return err.toString(UTF_8);
  }

  @Test
  void goesWithoutATokenOnlyOnLoopbackAndOnlyIfToldSo() {
    for (String address : List.of("0.0.0.0:0", "[::]:0", "192.0.2.1:0")) {
      assertThat(refusal(Map.of(), "--http", address, "--no-token")).contains("--no-token");
    }
    assertThat(refusal(Map.of("SEXTON_MCP_TOKEN", TOKEN), "--http", "0", "--no-token"))
        .contains("--no-token and a token")
        .doesNotContain(TOKEN);
    assertThat(refusal(Map.of(), "--no-token")).contains("--http");
  }

  @Test
  void refusesWhatIsNoToken() throws Exception {
    Path file = Files.writeString(home.resolve("token"), "tiny\n");
    for (String token :
        List.of("tiny", "with a space in it somewhere", "ünïcödé-is-too-much-here")) {
      assertThat(refusal(Map.of("SEXTON_MCP_TOKEN", token), "--http", "0"))
          .contains("at least 16")
          .doesNotContain(token);
    }
    assertThat(refusal(Map.of(), "--http", "0", "--token-file", file.toString()))
        .contains("at least 16");
    assertThat(refusal(Map.of(), "--http", "0", "--token-file", home.resolve("none").toString()))
        .contains("cannot be read");
  }

  @Test
  void refusesWhatIsNoAddressOrLimit() {
    for (String address :
        List.of("", "x", ":80", "host:", "127.0.0.1:65536", "-1", "::1:80", "host.invalid:80")) {
      assertThat(refusal(Map.of(), "--http", address)).contains("--http");
    }
    for (String option : List.of("max-clients", "request-bytes", "requests-per-second")) {
      assertThat(refusal(Map.of(), "--http", "0", "--" + option, "0")).contains("--" + option);
    }
    assertThat(refusal(Map.of(), "--max-clients", "3")).contains("--http");
    assertThat(refusal(Map.of(), "--http", "0", "--client-idle", "0")).contains("--client-idle");
  }

  @Test
  void servesUntilItIsTold() throws Exception {
    Process server = start(Map.of(), "--http", "0", "--json");
    try (BufferedReader out = server.inputReader(UTF_8);
        HttpClient client = HttpClient.newHttpClient()) {
      server.getOutputStream().close(); // Its stdin need not stay open.
      JsonObject said = JsonParser.parseString(out.readLine()).getAsJsonObject();
      String url = said.get("url").getAsString();
      assertThat(url).matches("http://127\\.0\\.0\\.1:\\d+/mcp");
      Path file = Path.of(said.get("token_file").getAsString());
      String token = Files.readString(file).strip();
      String session =
          initialize(client, url, token).headers().firstValue("Mcp-Session-Id").orElseThrow();
      long pid = sleep(client, url, token, session);
      end(server);
      assertThat(file).doesNotExist();
      await().atMost(Duration.ofSeconds(10)).until(() -> ProcScan.isGone(pid));
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void keepsTheTokenToItself() throws Exception {
    Process server = start(Map.of("SEXTON_MCP_TOKEN", TOKEN), "--http", "0.0.0.0:0");
    try (BufferedReader err = server.errorReader(UTF_8);
        HttpClient client = HttpClient.newHttpClient()) {
      String line = err.readLine();
      assertThat(line).matches("sexton: MCP server at http://0\\.0\\.0\\.0:\\d+/mcp");
      String url =
          "http://127.0.0.1:" + URI.create(line.substring(line.indexOf("http"))).getPort() + "/mcp";
      assertThat(initialize(client, url, "wrong").statusCode()).isEqualTo(401);
      String session =
          initialize(client, url, TOKEN).headers().firstValue("Mcp-Session-Id").orElseThrow();
      long pid = sleep(client, url, TOKEN, session);
      assertThat(Files.readString(Path.of("/proc/" + pid + "/environ")))
          .contains("SEXTON_INSTANCE=")
          .doesNotContain("SEXTON_MCP_TOKEN")
          .doesNotContain(TOKEN);
      end(server);
      assertThat(err.lines()).noneMatch(other -> other.contains(TOKEN));
    } finally {
      server.destroyForcibly();
    }
    try (Stream<Path> files = Files.walk(home)) {
      assertThat(files.filter(Files::isRegularFile).toList())
          .noneMatch(file -> contains(file, TOKEN));
    }
  }

  @Test
  void makesATokenThatOnlyItsUserCanRead() throws Exception {
    Process server = start(Map.of(), "--http", "0.0.0.0:0");
    try (BufferedReader err = server.errorReader(UTF_8);
        HttpClient client = HttpClient.newHttpClient()) {
      String line = err.readLine();
      String url =
          "http://127.0.0.1:" + URI.create(line.substring(line.indexOf("http"))).getPort() + "/mcp";
      String hint = err.readLine();
      assertThat(hint).startsWith("sexton: clients send the header Authorization: Bearer TOKEN");
      Path file = Path.of(hint.substring(hint.indexOf('/')));
      assertThat(file.getParent()).isEqualTo(home.resolve(".sexton/mcp"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      String token = Files.readString(file).strip();
      assertThat(token).matches("[0-9a-f]{64}");
      assertThat(Files.readString(Path.of("/proc/" + server.pid() + "/cmdline")))
          .doesNotContain(token);

      HttpResponse<String> without =
          client.send(request(url, INITIALIZE).build(), BodyHandlers.ofString());
      assertThat(without.statusCode()).isEqualTo(401);
      assertThat(without.headers().firstValue("WWW-Authenticate")).isPresent();
      assertThat(without.headers().firstValue("Mcp-Session-Id")).isEmpty();
      assertThat(without.body()).doesNotContain(token);
      assertThat(initialize(client, url, token.substring(1)).statusCode()).isEqualTo(401);
      assertThat(initialize(client, url, token).statusCode()).isEqualTo(200);

      end(server);
      assertThat(file).doesNotExist();
      assertThat(err.lines()).noneMatch(other -> other.contains(token));
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void eachServerHasATokenOfItsOwn() throws Exception {
    Process first = start(Map.of(), "--http", "0", "--json");
    Process second = start(Map.of(), "--http", "0", "--json");
    Process third = null;
    try (HttpClient client = HttpClient.newHttpClient()) {
      JsonObject one = announced(first);
      JsonObject two = announced(second);
      Path ofOne = tokenFile(one);
      Path ofTwo = tokenFile(two);
      assertThat(Files.readString(ofOne)).isNotEqualTo(Files.readString(ofTwo));

      first.destroyForcibly().waitFor();
      FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
      Files.setLastModifiedTime(ofOne, longAgo);
      Files.setLastModifiedTime(ofTwo, longAgo);
      Path target = Files.writeString(home.resolve("precious"), "");
      Path link = ofTwo.resolveSibling("http-00000000-0000-0000-0000-000000000000.token");
      Files.createSymbolicLink(link, target);
      Path other = Files.writeString(ofTwo.resolveSibling("http-mine.token"), "mine");
      Files.setLastModifiedTime(other, longAgo);
      third = start(Map.of(), "--http", "0", "--json");
      Path ofThree = tokenFile(announced(third));

      assertThat(ofOne).doesNotExist();
      assertThat(List.of(ofTwo, ofThree, target, other)).allMatch(Files::exists);
      assertThat(link).isSymbolicLink();
      String token = Files.readString(ofTwo).strip();
      assertThat(initialize(client, two.get("url").getAsString(), token).statusCode())
          .isEqualTo(200);
    } finally {
      first.destroyForcibly();
      second.destroyForcibly();
      if (third != null) {
        third.destroyForcibly();
      }
    }
  }

  @Test
  void leavesAFileThatIsNotItsOwnAnyMore() throws Exception {
    Process server = start(Map.of(), "--http", "0", "--json");
    try {
      Path file = tokenFile(announced(server));
      Files.delete(file);
      Files.writeString(file, "somebody else's");

      end(server);

      assertThat(file).hasContent("somebody else's");
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void makesNoTokenWhereOthersCouldExchangeIt() throws Exception {
    Path state = Files.createDirectories(home.resolve("state"));
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwxrwx"));
    Process server = start(Map.of(), "--http", "0", "--state-dir", state.toString());
    try (BufferedReader err = server.errorReader(UTF_8)) {
      assertThat(err.readLine()).contains("no token can be stored in " + state);
      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isEqualTo(3);
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void needsNoTokenIfToldSo() throws Exception {
    Process server = start(Map.of(), "--http", "0", "--no-token", "--json");
    try (HttpClient client = HttpClient.newHttpClient()) {
      JsonObject said = announced(server);
      assertThat(said.get("token_file").isJsonNull()).isTrue();
      HttpResponse<String> answer =
          client.send(
              request(said.get("url").getAsString(), INITIALIZE).build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void refusesWhatItsLocaleCannotPassOn() throws Exception {
    Process server = start(Map.of("LC_ALL", "POSIX"), "--http", "0", "--json", "--no-token");
    try (HttpClient client = HttpClient.newHttpClient()) {
      String url = announced(server).get("url").getAsString();
      String session =
          initialize(client, url, "x").headers().firstValue("Mcp-Session-Id").orElseThrow();
      Path kept = Files.writeString(home.resolve("a"), "");
      String call =
          """
          {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"session_start",\
          "arguments":{"name":"x","command":"sh","arguments":["-c","rm %s/\u00e4"]}}}\
          """
              .formatted(home);
      HttpResponse<String> answer =
          client.send(
              request(url, call).header("Mcp-Session-Id", session).build(),
              BodyHandlers.ofString());
      assertThat(answer.body()).contains("\"isError\":true").contains("UTF-8 locale");
      assertThat(kept).exists();
    } finally {
      server.destroyForcibly();
    }
  }

  private static JsonObject announced(Process server) throws IOException {
    String line = server.inputReader(UTF_8).readLine();
    assertThat(line).isNotNull();
    return JsonParser.parseString(line).getAsJsonObject();
  }

  private static Path tokenFile(JsonObject announced) {
    return Path.of(announced.get("token_file").getAsString());
  }

  private static void end(Process server) throws InterruptedException {
    server.toHandle().destroy();
    assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(143);
  }

  private static boolean contains(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), UTF_8).contains(text);
    } catch (IOException gone) {
      return false;
    }
  }

  private Process start(Map<String, String> environment, String... options) throws IOException {
    List<String> command =
        Jvm.command(
            Main.class.getName(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    command.add("mcp");
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("SEXTON_"));
    builder.environment().put("HOME", home.toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static HttpResponse<String> initialize(HttpClient client, String url, String token)
      throws IOException, InterruptedException {
    return client.send(request(url, token, INITIALIZE).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(String url, String token, String body) {
    return request(url, body).header("Authorization", "Bearer " + token);
  }

  private static HttpRequest.Builder request(String url, String body) {
    return HttpRequest.newBuilder(URI.create(url))
        .timeout(Duration.ofSeconds(20))
        .header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream")
        .POST(BodyPublishers.ofString(body));
  }

  /// Starts a process in a session and returns its PID.
  private static long sleep(HttpClient client, String url, String token, String session)
      throws IOException, InterruptedException {
    String call =
        """
        {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"session_start",\
        "arguments":{"name":"sleeper","command":"sleep","arguments":["600"]}}}\
        """;
    HttpResponse<String> answer =
        client.send(
            request(url, token, call).header("Mcp-Session-Id", session).build(),
            BodyHandlers.ofString());
    String data =
        answer.body().lines().filter(line -> line.startsWith("data: ")).toList().getLast();
    return JsonParser.parseString(data.substring(6))
        .getAsJsonObject()
        .getAsJsonObject("result")
        .getAsJsonObject("structuredContent")
        .get("pid")
        .getAsLong();
  }
}
