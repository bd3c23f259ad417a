package dev.sexton.mcpsdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.InstanceTracker;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpTransportException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A stdio transport for clients of the MCP Java SDK, in place of its {@code StdioClientTransport}:
 * it takes the same parameters and the same JSON mapper, and leaves nothing of the server behind.
 *
 * <pre>{@code
 * var transport =
 *     TrackedStdioClientTransport.builder(
 *             ServerParameters.builder("npx").args("-y", "some-server").build(),
 *             McpJsonDefaults.getMapper())
 *         .build();
 * McpSyncClient client = McpClient.sync(transport).build();
 * }</pre>
 *
 * <p>Closing does what the MCP specification says: stdin is closed; a server that is still there
 * after a while is asked to end (SIGTERM), and at last forced (SIGKILL). That goes for the server
 * and all that it started, wherever it went, and is verified. It goes on to its end even if whoever
 * asked for it waits no longer. Each server is an {@linkplain InstanceTracker instance}: if the
 * client is killed, whoever sweeps stops what it left.
 *
 * <p>What else differs from the SDK's: a request fails at once when the server cannot be started or
 * has ended, and not after the request's time-out; a line that is no message is skipped, with a
 * warning; what the server writes to stderr while it is being closed is still passed on; no thread
 * keeps the JVM from exiting but the one that closes.
 *
 * <p>Serves one connection. Safe for use by any number of threads.
 */
public final class TrackedStdioClientTransport implements McpClientTransport {
  private static final Logger LOG = System.getLogger("dev.sexton.mcpsdk");

  /** What the TypeScript SDK tells of a connection that is closed; JSON-RPC leaves it to us. */
  private static final int CONNECTION_CLOSED = -32000;

  /** A server that has closed its output is about to end; how it did is worth waiting for. */
  private static final Duration LAST_WORDS = Duration.ofMillis(500);

  private final Builder settings;
  private final AtomicBoolean connected = new AtomicBoolean();
  private final CompletableFuture<@Nullable ServerProcess> server = new CompletableFuture<>();
  private final AtomicReference<@Nullable CompletableFuture<Void>> closing =
      new AtomicReference<>();
  private final Set<Object> pending = ConcurrentHashMap.newKeySet();

  /** Starts the server, writes to it and closes its stdin: one after the other. */
  private final ExecutorService outbound =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("sexton-mcp-outbound").factory());

  /** Why there is no server to write to any more, or never was. */
  private volatile @Nullable String ended;

  private TrackedStdioClientTransport(Builder settings) {
    this.settings = settings;
  }

  /**
   * A transport that starts this server.
   *
   * @param parameters command, arguments and environment
   * @param jsonMapper the SDK's, {@code McpJsonDefaults.getMapper()} for example
   */
  public static Builder builder(ServerParameters parameters, McpJsonMapper jsonMapper) {
    return new Builder(parameters, jsonMapper);
  }

  /** Starts the server. Fails if that cannot be done, or was done before. */
  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    return Mono.defer(() ->
        connected.compareAndSet(false, true)
            ? onOutbound(() -> start(handler))
            : Mono.error(new McpTransportException("this transport has been connected before")));
  }

  /** Completes when the message is written. Fails if there is no server to read it. */
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
    return settings.jsonMapper.convertValue(data, type);
  }

  /**
   * Closes the server's stdin, waits, asks, waits, forces and verifies: all of it in at most the
   * two graces and a few seconds. Fails if something is left all the same; then it is left to the
   * next sweep.
   */
  @Override
  public Mono<Void> closeGracefully() {
    return Mono.defer(() -> Mono.fromFuture(closeOnce(), true));
  }

  private void start(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    if (server.isDone()) { // Closed before it began: nobody would stop what is started now.
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
    // Its output may be held open by what it started, and its end by itself must be seen all the
    // same; a little later, so that what it said last has been read.
    started.whenEnded(LAST_WORDS, () -> lost(started, handler));
    String name = settings.parameters.getCommand();
    Thread.ofPlatform()
        .daemon()
        .name("sexton-mcp-inbound " + name)
        .start(() -> receive(started, handler));
    Thread.ofPlatform()
        .daemon()
        .name("sexton-mcp-stderr " + name)
        .start(() -> readLines(started.stderr(), settings.stdErrorHandler));
  }

  private void write(JSONRPCMessage message) {
    if (message instanceof JSONRPCRequest request) {
      pending.add(request.id()); // Before the look at what ended: see lost().
    }
    String reason = ended;
    ServerProcess receiver = server.getNow(null);
    try {
      if (reason != null || receiver == null) {
        throw new McpTransportException(reason != null ? reason : "no MCP server is connected");
      }
      // Between the tokens of JSON a space does what a line break does, and a message is one line.
      String json = settings.jsonMapper.writeValueAsString(message).replaceAll("[\r\n]", " ");
      OutputStream stdin = receiver.stdin();
      stdin.write(json.getBytes(UTF_8));
      stdin.write('\n');
      stdin.flush();
    } catch (IOException | RuntimeException failed) {
      if (message instanceof JSONRPCRequest request) {
        pending.remove(request.id());
      }
      if (failed instanceof McpTransportException known) {
        throw known;
      }
      // Usually because it has just ended, which says more than a broken pipe does.
      String why =
          failed instanceof IOException && receiver != null && receiver.await(LAST_WORDS)
              ? "it " + receiver.state()
              : failed.getMessage();
      throw new McpTransportException("cannot write to the MCP server: " + why, failed);
    }
  }

  private void receive(
      ServerProcess from, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    readLines(
        from.stdout(),
        line -> {
          try {
            handle(McpSchema.deserializeJsonRpcMessage(settings.jsonMapper, line), handler);
          } catch (IOException | RuntimeException noMessage) {
            LOG.log(
                Level.WARNING,
                "the MCP server \"{0}\" wrote something to stdout that is no message: {1}",
                settings.parameters.getCommand(),
                noMessage.getMessage());
          }
        });
    lost(from, handler);
  }

  /** What to do when the server has ended, or its output: what it started has no server then. */
  private void lost(
      ServerProcess from, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    from.await(LAST_WORDS);
    if (closing.get() != null) {
      return;
    }
    String reason = "the MCP server " + from.state();
    ended = reason; // Before the look at who waits: see write().
    JSONRPCResponse.JSONRPCError error =
        new JSONRPCResponse.JSONRPCError(CONNECTION_CLOSED, reason, null);
    List.copyOf(pending).stream()
        .filter(pending::remove)
        .forEach(id -> handle(JSONRPCResponse.error(id, error), handler));
    closeGracefully()
        .subscribe(
            closed -> {}, left -> LOG.log(Level.WARNING, "{0}", String.valueOf(left.getMessage())));
  }

  private void handle(
      JSONRPCMessage message, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    if (message instanceof JSONRPCResponse response && response.id() != null) {
      pending.remove(response.id());
    }
    Mono.just(message)
        .transformDeferred(handler)
        .subscribe(
            handled -> {},
            failed -> LOG.log(Level.WARNING, "a message of the MCP server failed", failed));
  }

  private void readLines(InputStream input, Consumer<String> consumer) {
    LineReader lines = new LineReader(input, settings.maxLine);
    while (true) {
      try {
        String line = lines.next();
        if (line == null) {
          return;
        }
        consumer.accept(line);
      } catch (LineReader.TooLong skipped) {
        LOG.log(
            Level.WARNING,
            "the MCP server \"{0}\" wrote something that is left out: {1}",
            settings.parameters.getCommand(),
            skipped.getMessage());
      } catch (IOException ended) {
        return;
      } catch (RuntimeException failed) {
        LOG.log(Level.WARNING, "a handler of the MCP client failed", failed);
      }
    }
  }

  private CompletableFuture<Void> closeOnce() {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> first = closing.compareAndExchange(null, mine);
    if (first != null) {
      return first;
    }
    // Behind the start and what has been sent; a server that does not read blocks only this thread.
    outbound.execute(this::closeStdin);
    outbound.shutdown();
    // No daemon: the JVM stays until nothing of the server is left.
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
    server.complete(running); // If there is none yet, there will be none.
    if (running != null) {
      try {
        running.stdin().close();
      } catch (IOException ignored) {
        // It reads no more, or has ended.
      }
    }
  }

  private void stop() {
    ServerProcess running = server.join();
    if (running == null) {
      return;
    }
    running.await(settings.stdinGrace);
    if (!running.stop(settings.termGrace)) {
      throw new McpTransportException(
          "something that the MCP server \""
              + settings.parameters.getCommand()
              + "\" started is still there: the log says what; the next sweep tries again");
    }
  }

  /** What the transport is to be. Not safe for use by several threads. */
  public static final class Builder {
    private final ServerParameters parameters;
    private final McpJsonMapper jsonMapper;
    private String application = "mcp";
    private String name;
    private @Nullable Path stateDirectory;
    private Consumer<String> stdErrorHandler;
    private int maxLine = 16 << 20;
    private Duration stdinGrace = Duration.ofSeconds(4);
    private Duration termGrace = Duration.ofSeconds(4);

    private Builder(ServerParameters parameters, McpJsonMapper jsonMapper) {
      this.parameters = Objects.requireNonNull(parameters);
      this.jsonMapper = Objects.requireNonNull(jsonMapper);
      this.name = parameters.getCommand();
      this.stdErrorHandler = line -> LOG.log(Level.INFO, "{0}: {1}", parameters.getCommand(), line);
    }

    /** The application that the server is registered under; {@code mcp} unless set. */
    public Builder application(String application) {
      this.application = Objects.requireNonNull(application);
      return this;
    }

    /** What a person calls the server; its command unless set. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name);
      return this;
    }

    /** Registers the server in this directory, the one that holds {@code instances/}. */
    public Builder stateDirectory(Path directory) {
      this.stateDirectory = Objects.requireNonNull(directory);
      return this;
    }

    /** Gets each line that the server writes to stderr, on one thread; logged unless set. */
    public Builder stdErrorHandler(Consumer<String> handler) {
      this.stdErrorHandler = Objects.requireNonNull(handler);
      return this;
    }

    /**
     * The longest message that is accepted, in bytes; 16 MiB unless set, as in the SDK. A longer
     * one is skipped, with a warning.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder maxMessageBytes(int bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException("no message is shorter than a byte: " + bytes);
      }
      this.maxLine = bytes;
      return this;
    }

    /**
     * How long the server has to end after its stdin was closed, and then after SIGTERM. 4 s each
     * unless set: together less than the 10 s that the SDK's synchronous client waits for.
     *
     * @throws IllegalArgumentException if one is negative
     */
    public Builder grace(Duration afterStdinClose, Duration afterTerm) {
      if (afterStdinClose.isNegative() || afterTerm.isNegative()) {
        throw new IllegalArgumentException(
            "a negative grace: " + afterStdinClose + ", " + afterTerm);
      }
      this.stdinGrace = afterStdinClose;
      this.termGrace = afterTerm;
      return this;
    }

    /** The transport; it starts the server when it is connected. */
    public TrackedStdioClientTransport build() {
      return new TrackedStdioClientTransport(this);
    }

    private ServerProcess startServer() throws IOException {
      InstanceTracker.Builder registration =
          InstanceTracker.builder().application(application).name(name);
      if (stateDirectory != null) {
        registration.stateDirectory(stateDirectory);
      }
      return ServerProcess.start(registration, parameters);
    }
  }
}
