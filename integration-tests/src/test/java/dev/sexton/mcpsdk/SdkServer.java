package dev.sexton.mcpsdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.ClientWatch;
import dev.sexton.InstanceTracker;
import dev.sexton.testkit.ServerMain;
import dev.sexton.testsupport.Jvm;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A server on the MCP SDK that watches its client.
public final class SdkServer {
  private SdkServer() {}

  /// Returns the command that starts a server. The arguments are passed to [#main].
  static List<String> command(String... arguments) {
    List<String> command = Jvm.command(SdkServer.class.getName(), "-Xmx256m");
    command.addAll(List.of(arguments));
    return command;
  }

  /// Runs the server.
  ///
  /// @param arguments the state directory, the directory for notes, what to do when the client ends
  ///   (`clean`, `hang` or `stay`), and a session to start
  public static void main(String[] arguments) throws IOException {
    Path notes = Path.of(arguments[1]);
    InstanceTracker instance = ServerMain.register(Path.of(arguments[0]));
    ClientWatch client =
        ClientWatch.builder(
                () -> {
                  note(notes);
                  if (arguments[2].equals("hang")) {
                    hang();
                  }
                  instance.close(Duration.ofMillis(200));
                })
            .exit(!arguments[2].equals("stay"))
            .grace(Duration.ofSeconds(arguments[2].equals("hang") ? 1 : 20))
            .start();
    if (arguments[2].equals("hang")) {
      Runtime.getRuntime().addShutdownHook(new Thread(SdkServer::hang));
    }
    if (arguments.length > 3) {
      ProcessBuilder builder =
          new ProcessBuilder(List.of(arguments).subList(3, arguments.length))
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().put("SEXTON_INSTANCE", "mcp:" + instance.instanceId());
      instance.trackProcess("session", builder.start().pid());
    }
    var transport =
        new StdioServerTransportProvider(McpJsonDefaults.getMapper(), client.input(), System.out);
    var _ =
        McpServer.sync(transport)
            .serverInfo("sdk-server", "1")
            .tools(
                tool("echo", text -> text),
                tool("repeat", times -> "x".repeat(Integer.parseInt(times))),
                tool("say", SdkServer::say),
                tool("pid", _ -> Long.toString(ProcessHandle.current().pid())),
                tool("die", SdkServer::die))
            .build();
  }

  private static SyncToolSpecification tool(String name, Function<String, String> function) {
    Map<String, Object> schema =
        Map.of("type", "object", "properties", Map.of("text", Map.of("type", "string")));
    return SyncToolSpecification.builder()
        .tool(Tool.builder(name, schema).build())
        .callHandler((exchange, request) ->
            CallToolResult.builder()
                .addTextContent(function.apply(String.valueOf(request.arguments().get("text"))))
                .build())
        .build();
  }

  private static void note(Path notes) {
    try {
      Files.writeString(
          notes.resolve("called-back"),
          "once\n",
          UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }

  private static String say(String text) {
    System.err.println(text);
    return "said";
  }

  private static String die(String status) {
    Runtime.getRuntime().halt(Integer.parseInt(status));
    return "";
  }

  private static void hang() {
    try {
      Thread.sleep(Duration.ofDays(1));
    } catch (InterruptedException nobodyDoes) {
      Thread.currentThread().interrupt();
    }
  }
}
