package dev.sexton.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.cli.Main;
import dev.sexton.cli.output.Io;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/// The training run for the AOT cache of `sexton mcp`: one client that makes typical requests.
/// `cli/dist/build.sh` starts it in an empty directory.
final class McpAotTraining {
  private static final List<String> REQUESTS =
      List.of(
          """
          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
          "capabilities":{},"clientInfo":{"name":"training","version":"0"}}}\
          """,
          """
          {"jsonrpc":"2.0","id":2,"method":"tools/list"}\
          """,
          """
          {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"session_start",\
          "arguments":{"name":"training","command":"sh","arguments":["-c","echo up; sleep 60"],\
          "ready":{"line":"up"}}}}\
          """,
          """
          {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"session_output",\
          "arguments":{"name":"training"}}}\
          """,
          """
          {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"session_list",\
          "arguments":{}}}\
          """,
          """
          {"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"session_stop",\
          "arguments":{"name":"training"}}}\
          """);

  private McpAotTraining() {}

  /// Takes the working directory. Ends as the server does when its client disconnects.
  public static void main(String[] args) throws IOException {
    PipedOutputStream requests = new PipedOutputStream();
    System.setIn(new PipedInputStream(requests));
    PipedOutputStream answers = new PipedOutputStream();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(new PipedInputStream(answers), UTF_8));
    Thread.ofPlatform().daemon().start(() -> beClient(requests, lines));
    PrintStream out = new PrintStream(answers, true, UTF_8);
    Io io = new Io(out, System.err, false, false, System.getenv());
    System.exit(Main.run(io, "mcp", "--state-dir", args[0] + "/state", "--grace", "1s"));
  }

  private static void beClient(PipedOutputStream requests, BufferedReader answers) {
    try (requests) {
      for (String request : REQUESTS) {
        requests.write((request + '\n').getBytes(UTF_8));
        requests.flush();
        System.err.println(answers.readLine());
        if (request.contains("initialize")) {
          requests.write(
              "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n".getBytes(UTF_8));
        }
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
