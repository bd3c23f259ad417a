package dev.sexton.mcpsdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sexton.Sweeper;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Jvm;
import dev.sexton.testsupport.Proc;
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpTransportException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Tests the transport with servers on the SDK, in shell and in Python.
class TrackedStdioClientTransportTest extends SdkTestBase {
  /// The request timeout. A request that should fail at once must take far less time.
  private static final Duration REQUEST = Duration.ofMinutes(5);

  private final Queue<String> stderr = new ConcurrentLinkedQueue<>();

  private TrackedStdioClientTransport.Builder transport(List<String> command) {
    ServerParameters parameters =
        ServerParameters.builder(command.getFirst())
            .args(command.subList(1, command.size()))
            .build();
    return TrackedStdioClientTransport.builder(parameters, McpJsonDefaults.getMapper())
        .stateDirectory(state)
        .stdErrorHandler(stderr::add)
        .grace(Duration.ofMillis(300), Duration.ofMillis(300));
  }

  private static McpSyncClient client(TrackedStdioClientTransport transport) {
    return McpClient.sync(transport).requestTimeout(REQUEST).initializationTimeout(REQUEST).build();
  }

  private TrackedStdioClientTransport.Builder sdkServer() {
    return transport(SdkServer.command(state.toString(), directory.toString(), "clean"))
        .grace(Notes.PATIENCE, Notes.PATIENCE);
  }

  private static String call(McpSyncClient client, String tool, String text) {
    return client
        .callTool(CallToolRequest.builder(tool).arguments(Map.of("text", text)).build())
        .content()
        .stream()
        .map(content -> ((TextContent) content).text())
        .findFirst()
        .orElseThrow();
  }

  private List<Path> records() throws IOException {
    try (Stream<Path> files = Files.list(state.resolve("instances"))) {
      return files.toList();
    }
  }

  @Test
  void clientAndServerOfTheSdkConverse() throws IOException {
    try (McpSyncClient client = client(sdkServer().build())) {
      assertThat(client.initialize().serverInfo().name()).isEqualTo("sdk-server");
      assertThat(client.listTools().tools())
          .extracting(Tool::name)
          .contains("echo", "repeat", "say", "die");
      assertThat(call(client, "echo", "Grüße, 世界 🪦\r\n2")).isEqualTo("Grüße, 世界 🪦\r\n2");
      String big = "é".repeat(3_000_000);
      assertThat(call(client, "echo", big)).isEqualTo(big);
      assertThat(call(client, "say", "a line on stderr")).isEqualTo("said");
      await().atMost(Notes.PATIENCE).until(() -> stderr.contains("a line on stderr"));
      Proc server = processes.adopt(Long.parseLong(call(client, "pid", "")));

      assertThat(client.closeGracefully()).isTrue();

      assertThat(server.isRunning()).isFalse();
      assertThat(directory.resolve("called-back")).hasContent("once");
      assertThat(records()).isEmpty();
    }
  }

  @Test
  void aMessageThatIsTooLongIsLeftOut() {
    TrackedStdioClientTransport transport = sdkServer().maxMessageBytes(100_000).build();
    McpAsyncClient client =
        McpClient.async(transport).initializationTimeout(REQUEST).requestTimeout(REQUEST).build();
    client.initialize().block();
    var tooLong = client.callTool(repeat(200_000)).toFuture();

    var result = client.callTool(repeat(50_000)).block();

    assertThat(result).isNotNull();
    assertThat(((TextContent) result.content().getFirst()).text()).hasSize(50_000);
    client.closeGracefully().block();
    assertThat(tooLong).isCompletedExceptionally();
  }

  private static CallToolRequest repeat(int times) {
    return CallToolRequest.builder("repeat")
        .arguments(Map.of("text", Integer.toString(times)))
        .build();
  }

  @Test
  void aStubbornServerIsGoneWithItsTree() throws IOException {
    TrackedStdioClientTransport transport = transport(notes.stubborn()).build();
    transport.connect(message -> message).block();
    List<Proc> tree = notes.stubbornTree();
    assertThat(tree).allMatch(Proc::isRunning);

    transport.closeGracefully().block(Notes.PATIENCE);

    assertThat(tree).noneMatch(Proc::isRunning);
    assertThat(records()).isEmpty();
    assertThat(stderr).contains("stubborn to the last");
  }

  @Test
  void whereNothingCanBeRegisteredTheTreeGoesAllTheSame() throws IOException {
    Path noDirectory = Files.createFile(directory.resolve("no-directory"));
    TrackedStdioClientTransport transport =
        transport(notes.stubborn()).stateDirectory(noDirectory).build();
    transport.connect(message -> message).block();
    List<Proc> tree = notes.stubbornTree();

    transport.closeGracefully().block(Notes.PATIENCE);

    notes.awaitGone(tree);
  }

  @Test
  void aServerThatReadsNothingDoesNotBlockTheEnd() throws IOException {
    TrackedStdioClientTransport transport = transport(notes.stubborn()).build();
    transport.connect(message -> message).block();
    List<Proc> tree = notes.stubbornTree();
    // More than a pipe holds, so the write blocks.
    var stuck =
        transport
            .sendMessage(new JSONRPCNotification("big", Map.of("text", "x".repeat(1 << 20))))
            .toFuture();

    transport.closeGracefully().block(Notes.PATIENCE);

    assertThat(tree).noneMatch(Proc::isRunning);
    await().atMost(Notes.PATIENCE).until(stuck::isDone);
    assertThat(stuck).isCompletedExceptionally();
  }

  @Test
  void whoWaitsNoLongerDoesNotStopTheStopping() throws IOException {
    TrackedStdioClientTransport transport = transport(notes.stubborn()).build();
    transport.connect(message -> message).block();
    List<Proc> tree = notes.stubbornTree();

    transport.closeGracefully().subscribe().dispose();

    notes.awaitGone(tree);
    transport.closeGracefully().block(Notes.PATIENCE);
    assertThat(records()).isEmpty();
  }

  @Test
  void whatAServerLeavesAtAnOrderlyEndGoesToo() throws IOException {
    String script =
        "setsid sh -c 'trap \"\" TERM; echo $$ > \"$1/n\"; mv \"$1/n\" \"$1/left\";"
            + " while :; do sleep 1; done' sh \"$1\" </dev/null >/dev/null 2>&1 &"
            + " cat >/dev/null; echo bye >&2";
    TrackedStdioClientTransport transport =
        transport(List.of("/bin/sh", "-c", script, "sh", directory.toString()))
            .grace(Notes.PATIENCE, Duration.ofMillis(300))
            .build();
    transport.connect(message -> message).block();
    Proc left = notes.process("left");

    transport.closeGracefully().block(Notes.PATIENCE);

    assertThat(left.isRunning()).isFalse();
    await().atMost(Notes.PATIENCE).until(() -> stderr.contains("bye"));
  }

  @Test
  void aServerThatDiesFailsWhatWaitsForIt() throws IOException {
    try (McpSyncClient client = client(sdkServer().build())) {
      client.initialize();

      assertThatThrownBy(() -> call(client, "die", "7"))
          .hasMessageContaining("has ended with status 7");
      assertThatThrownBy(() -> call(client, "echo", "anybody?"))
          .hasMessageContaining("has ended with status 7");
      client.closeGracefully();
    }
  }

  @Test
  void whatADeadServerLeavesGoesAtOnce() throws IOException {
    TrackedStdioClientTransport transport = transport(notes.stubborn()).build();
    transport.connect(message -> message).block();
    List<Proc> tree = notes.stubbornTree();

    tree.getFirst().kill();

    notes.awaitGone(tree);
    transport.closeGracefully().block(Notes.PATIENCE);
    assertThat(records()).isEmpty();
  }

  /// A client that starts a server and waits to be killed. Its arguments are the state directory
  /// and the server's command.
  static final class Client {
    private Client() {}

    public static void main(String[] arguments) throws InterruptedException {
      TrackedStdioClientTransport transport =
          TrackedStdioClientTransport.builder(
                  ServerParameters.builder(arguments[1])
                      .args(List.of(arguments).subList(2, arguments.length))
                      .build(),
                  McpJsonDefaults.getMapper())
              .stateDirectory(Path.of(arguments[0]))
              .build();
      transport.connect(message -> message).block();
      Thread.sleep(Duration.ofDays(1));
    }
  }

  @Gate("takes long")
  @Test
  void whatAKilledClientLeavesIsSwept() throws IOException {
    List<String> command = Jvm.command(Client.class.getName());
    command.add(state.toString());
    command.addAll(notes.stubborn());
    Process client =
        processes.start(
            new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(directory.resolve("errors").toFile()));
    Proc owner = processes.adopt(client.pid());
    List<Proc> tree = notes.stubbornTree();
    owner.kill();
    notes.awaitGone(List.of(owner));

    // While the last thread of a process is ending, the process may still hold its lock.
    Sweeper sweeper =
        Sweeper.builder()
            .application("mcp")
            .stateDirectory(state)
            .grace(Duration.ofMillis(300))
            .build();
    await()
        .atMost(Notes.PATIENCE)
        .untilAsserted(() -> assertThat(sweeper.sweep().isClean() && records().isEmpty()).isTrue());

    assertThat(tree).noneMatch(Proc::isRunning);
  }

  @Test
  void aCommandThatIsNotThereIsTold() throws IOException {
    try (McpSyncClient client =
        client(transport(List.of("/nowhere/no-such-server", "--stdio")).build())) {
      assertThatThrownBy(client::initialize)
          .rootCause()
          .hasMessageContaining("No such file or directory");
      assertThatThrownBy(client::initialize)
          .hasStackTraceContaining("/nowhere/no-such-server")
          .hasStackTraceContaining("cannot be started");
      client.closeGracefully();
    }
    assertThat(records()).isEmpty();
  }

  @Test
  void aServerThatEndsBeforeItBeginsIsTold() throws IOException {
    try (McpSyncClient client =
        client(transport(List.of("/bin/sh", "-c", "echo no module >&2; exit 127")).build())) {
      assertThatThrownBy(client::initialize).hasStackTraceContaining("has ended with status 127");
      client.closeGracefully();
    }
    assertThat(stderr).contains("no module");
    assertThat(records()).isEmpty();
  }

  @Test
  void anOutputThatIsNoMessageIsLeftOut() {
    // Prints a line for people, answers one request, and ends when its input ends.
    String script =
        "echo 'Server is starting...'; read request;"
            + " echo '{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}'; cat >/dev/null";
    Queue<String> received = new ConcurrentLinkedQueue<>();
    TrackedStdioClientTransport transport =
        transport(List.of("/bin/sh", "-c", script)).grace(Notes.PATIENCE, Notes.PATIENCE).build();
    transport.connect(mono -> mono.doOnNext(it -> received.add(it.toString()))).block();
    transport.sendMessage(new JSONRPCNotification("go", Map.of())).block();

    await().atMost(Notes.PATIENCE).until(() -> !received.isEmpty());

    assertThat(received).singleElement().asString().contains("notifications/message");
    transport.closeGracefully().block();
    assertThatThrownBy(() -> transport.sendMessage(new JSONRPCNotification("go", Map.of())).block())
        .isInstanceOf(McpTransportException.class)
        .hasMessageContaining("has been closed");
    assertThatThrownBy(() -> transport.connect(message -> message).block())
        .hasMessageContaining("connected before");
  }

  @Test
  void aTransportThatWasNeverConnectedCloses() {
    TrackedStdioClientTransport transport = transport(List.of("sh")).build();
    transport.closeGracefully().block(Notes.PATIENCE);
    assertThatThrownBy(() -> transport.connect(message -> message).block())
        .hasMessageContaining("has been closed");
  }
}
