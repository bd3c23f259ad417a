package dev.sexton.mcpsdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpTransportException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// A stdio transport for clients of the MCP Java SDK. It replaces the SDK's `StdioClientTransport`,
/// takes the same parameters and the same JSON mapper, and leaves nothing of the server behind.
///
/// ```
/// var transport =
///     TrackedStdioClientTransport.builder(
///             ServerParameters.builder("npx").args("-y", "some-server").build(),
///             McpJsonDefaults.getMapper())
///         .build();
/// McpSyncClient client = McpClient.sync(transport).build();
/// ```
///
/// Closing follows the MCP specification. It closes stdin, waits, asks the server to stop
/// (SIGTERM), and finally stops it by force (SIGKILL). This applies to the server and everything
/// that it started, wherever it moved, and the result is verified. Closing continues to its end
/// even if the caller no longer waits. Each server is an [instance][dev.sexton.InstanceTracker]. If
/// the client is killed, the next sweep stops what it left.
///
/// There are other differences from the SDK's transport:
///
/// - A request fails at once when the server cannot be started or has ended, not after the timeout.
/// - A line that is not a message is skipped with a warning.
/// - Output to stderr while the server is being closed is still passed on.
/// - No thread keeps the JVM running except the one that closes.
///
/// A transport serves one connection. It is safe for use by multiple threads.
public final class TrackedStdioClientTransport implements McpClientTransport {
  private static final Logger LOG = System.getLogger("dev.sexton.mcpsdk");

  /// The wait for a server that has closed its output. It is about to end, and its exit status is
  /// worth waiting for.
  private static final Duration LAST_WORDS = Duration.ofMillis(500);

  private final TransportSettings settings;
  private final OutputReader output;
  private final AtomicBoolean connected = new AtomicBoolean();
  private final CompletableFuture<@Nullable ServerProcess> server = new CompletableFuture<>();
  private final AtomicReference<@Nullable CompletableFuture<Void>> closing =
      new AtomicReference<>();
  private final PendingRequests pending = new PendingRequests();

  /// Starts the server, writes to it and closes its stdin, one after the other.
  private final ExecutorService outbound =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("sexton-mcp-outbound").factory());

  /// The reason why there is no server to write to, or null.
  private volatile @Nullable String ended;

  private TrackedStdioClientTransport(TransportSettings settings) {
    this.settings = settings;
    this.output = new OutputReader(settings.command(), settings.output().maxLine());
  }

  /// {@return a builder for a transport that starts this server}
  ///
  /// @param parameters command, arguments and environment
  /// @param jsonMapper the SDK's mapper, for example `McpJsonDefaults.getMapper()`
  public static Builder builder(ServerParameters parameters, McpJsonMapper jsonMapper) {
    return new Builder(parameters, jsonMapper);
  }

  /// Starts the server. Fails if the server cannot be started or this transport was connected
  /// before.
  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    return Mono.defer(() ->
        connected.compareAndSet(false, true)
            ? onOutbound(() -> start(handler))
            : Mono.error(new McpTransportException("this transport has been connected before")));
  }

  /// Completes when the message is written. Fails if there is no server to read it.
  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.defer(() -> onOutbound(() -> write(message)));
  }

  private Mono<Void> onOutbound(Runnable task) {
    try {
      return Mono.fromFuture(CompletableFuture.runAsync(task, outbound), true);
    } catch (RejectedExecutionException closed) {
      String reason = ended;
      return Mono.error(
          new McpTransportException(reason != null ? reason : "this transport has been closed"));
    }
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return settings.jsonMapper().convertValue(data, type);
  }

  /// Closes the server's stdin, waits, asks the server to stop, waits, stops it by force and
  /// verifies that nothing is left. All this takes at most the two grace periods and a few seconds.
  /// Fails if something is still left, which is then left to the next sweep.
  @Override
  public Mono<Void> closeGracefully() {
    return Mono.defer(() -> Mono.fromFuture(closeOnce(), true));
  }

  private void start(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    if (server.isDone()) { // Closed before the start: nothing would stop the server.
      throw new McpTransportException("this transport has been closed");
    }
    ServerProcess started;
    try {
      started = settings.startServer();
    } catch (IOException | RuntimeException cannot) {
      String reason =
          "the MCP server cannot be started: " + cannot.getMessage() + ": is it on the PATH?";
      ended = reason;
      throw new McpTransportException(reason, cannot);
    }
    server.complete(started);
    // What the server started may hold its output open, so its own end must be noticed too. The
    // delay lets its last output be read first.
    started.whenEnded(LAST_WORDS, () -> lost(started, handler));
    String name = settings.command();
    Thread.ofPlatform()
        .daemon()
        .name("sexton-mcp-inbound " + name)
        .start(() -> receive(started, handler));
    Thread.ofPlatform()
        .daemon()
        .name("sexton-mcp-stderr " + name)
        .start(() -> output.forEachLine(started.stderr(), settings.output().stdErrorHandler()));
  }

  private void write(JSONRPCMessage message) {
    pending.add(message); // Before checking what ended: see lost().
    String reason = ended;
    ServerProcess receiver = server.getNow(null);
    try {
      if (reason != null || receiver == null) {
        throw new McpTransportException(reason != null ? reason : "no MCP server is connected");
      }
      // Between JSON tokens a space is equivalent to a line break, and a message is one line.
      String json = settings.jsonMapper().writeValueAsString(message).replaceAll("[\r\n]", " ");
      OutputStream stdin = receiver.stdin();
      stdin.write(json.getBytes(UTF_8));
      stdin.write('\n');
      stdin.flush();
    } catch (IOException | RuntimeException failed) {
      pending.remove(message);
      if (failed instanceof McpTransportException known) {
        throw known;
      }
      // Usually the server has just ended, which explains more than a broken pipe.
      String why =
          failed instanceof IOException && receiver != null && receiver.await(LAST_WORDS)
              ? "it " + receiver.state()
              : failed.getMessage();
      throw new McpTransportException("cannot write to the MCP server: " + why, failed);
    }
  }

  private void receive(
      ServerProcess from, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    output.forEachLine(
        from.stdout(),
        line -> {
          try {
            handle(McpSchema.deserializeJsonRpcMessage(settings.jsonMapper(), line), handler);
          } catch (IOException | RuntimeException noMessage) {
            LOG.log(
                Level.WARNING,
                "the MCP server \"{0}\" wrote something to stdout that is not a message: {1}",
                settings.command(),
                noMessage.getMessage());
          }
        });
    lost(from, handler);
  }

  /// Handles the end of the server or of its output. What it started then has no server.
  private void lost(
      ServerProcess from, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    from.await(LAST_WORDS);
    if (closing.get() != null) {
      return;
    }
    String reason = "the MCP server " + from.state();
    ended = reason; // Before checking what is pending: see write().
    pending.failAll(reason, response -> handle(response, handler));
    closeGracefully()
        .subscribe(
            closed -> {}, left -> LOG.log(Level.WARNING, "{0}", String.valueOf(left.getMessage())));
  }

  private void handle(
      JSONRPCMessage message, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    pending.answered(message);
    Mono.just(message)
        .transformDeferred(handler)
        .subscribe(
            handled -> {},
            failed ->
                LOG.log(Level.WARNING, "handling a message of the MCP server failed", failed));
  }

  private CompletableFuture<Void> closeOnce() {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> first = closing.compareAndExchange(null, mine);
    if (first != null) {
      return first;
    }
    // After the start and everything sent. A server that does not read blocks only this thread.
    outbound.execute(this::closeStdin);
    outbound.shutdown();
    // Not a daemon: the JVM stays until nothing of the server is left.
    Thread.ofPlatform()
        .name("sexton-mcp-close")
        .start(() -> {
          try {
            stop();
            mine.complete(null);
          } catch (RuntimeException failed) {
            mine.completeExceptionally(failed);
          }
        });
    return mine;
  }

  private void closeStdin() {
    ServerProcess running = server.getNow(null);
    server.complete(running); // If there is none yet, none will follow.
    if (running != null) {
      try {
        running.stdin().close();
      } catch (IOException ignored) {
        // It no longer reads, or it has ended.
      }
    }
  }

  private void stop() {
    ServerProcess running = server.join();
    if (running == null) {
      return;
    }
    running.await(settings.grace().afterStdinClose());
    if (!running.stop(settings.grace().afterTerm())) {
      throw new McpTransportException(
          "something that the MCP server \""
              + settings.command()
              + "\" started still exists: the log says what; the next sweep tries again");
    }
  }

  /// Configures a [TrackedStdioClientTransport]. Not safe for use by multiple threads.
  public static final class Builder {
    private final ServerParameters parameters;
    private final McpJsonMapper jsonMapper;
    private String application = "mcp";
    private String name;
    private @Nullable Path stateDirectory;
    private Consumer<String> stdErrorHandler;
    private int maxLine = 16 << 20;
    private TransportSettings.Grace grace =
        new TransportSettings.Grace(Duration.ofSeconds(4), Duration.ofSeconds(4));

    private Builder(ServerParameters parameters, McpJsonMapper jsonMapper) {
      this.parameters = Objects.requireNonNull(parameters);
      this.jsonMapper = Objects.requireNonNull(jsonMapper);
      this.name = parameters.getCommand();
      this.stdErrorHandler = line -> LOG.log(Level.INFO, "{0}: {1}", parameters.getCommand(), line);
    }

    /// Sets the application under which the server is registered, `mcp` by default.
    ///
    /// @param application letters, digits, dot, dash and underscore; part of the path of the state
    ///   directory
    /// @return this builder
    public Builder application(String application) {
      this.application = Objects.requireNonNull(application);
      return this;
    }

    /// Sets the human-readable name of the server, by default its command.
    ///
    /// @param name any text; empty for none
    /// @return this builder
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name);
      return this;
    }

    /// Registers the server in this directory only. By default, the application determines it.
    ///
    /// @param directory the directory that contains `instances/`; created if it does not exist
    /// @return this builder
    public Builder stateDirectory(Path directory) {
      this.stateDirectory = Objects.requireNonNull(directory);
      return this;
    }

    /// Sets the handler for each line that the server writes to stderr. It is called on one thread.
    /// By default the lines are logged.
    ///
    /// @param handler receives each line, without its line break
    /// @return this builder
    public Builder stdErrorHandler(Consumer<String> handler) {
      this.stdErrorHandler = Objects.requireNonNull(handler);
      return this;
    }

    /// Sets the maximum message length in bytes, 16 MiB by default, as in the SDK. A longer message
    /// is skipped with a warning.
    ///
    /// @param bytes the length of the longest line that is read, without its line break
    /// @return this builder
    /// @throws IllegalArgumentException if it is less than 1
    public Builder maxMessageBytes(int bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException(
            "the maximum message length must be at least 1: " + bytes);
      }
      this.maxLine = bytes;
      return this;
    }

    /// Sets how long the server has to end after its stdin was closed, and then after SIGTERM. The
    /// default is 4 s each: together less than the 10 s that the SDK's synchronous client waits.
    ///
    /// @param afterStdinClose the time between the end of stdin and SIGTERM; zero for none
    /// @param afterTerm the time between SIGTERM and SIGKILL; zero for none
    /// @return this builder
    /// @throws IllegalArgumentException if one of them is negative
    public Builder grace(Duration afterStdinClose, Duration afterTerm) {
      if (afterStdinClose.isNegative() || afterTerm.isNegative()) {
        throw new IllegalArgumentException(
            "the grace periods must not be negative: " + afterStdinClose + ", " + afterTerm);
      }
      this.grace = new TransportSettings.Grace(afterStdinClose, afterTerm);
      return this;
    }

    /// {@return the transport, which starts the server when it is connected}
    public TrackedStdioClientTransport build() {
      return new TrackedStdioClientTransport(
          new TransportSettings(
              parameters,
              jsonMapper,
              new TransportSettings.Registration(application, name, stateDirectory),
              new TransportSettings.Output(stdErrorHandler, maxLine),
              grace));
    }
  }
}
