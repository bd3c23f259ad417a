package dev.sexton.mcp;

import dev.sexton.ClientWatch;
import dev.sexton.StateScope;
import dev.sexton.cli.command.Command;
import dev.sexton.cli.command.CommandRegistry;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.KeepOption;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.output.Version;
import dev.sexton.mcp.resource.ResourceUpdates;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.tool.MachineReports;
import dev.sexton.mcp.transport.CancellableHttp;
import dev.sexton.mcp.transport.CancellableStdio;
import dev.sexton.mcp.transport.HttpListener;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpAsyncServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The command `sexton mcp`.
public final class McpCommand implements Command {
  private static final Logger LOG = LoggerFactory.getLogger(McpCommand.class);

  @Override
  public String name() {
    return "mcp";
  }

  @Override
  public String summary() {
    return CommandRegistry.MCP_SUMMARY;
  }

  @Override
  public List<String> commonOptions() {
    return List.of("state-dir");
  }

  @Override
  public String description() {
    return """
    An MCP server that starts and stops sessions for an agent. It communicates over stdin and
    stdout, or over streamable HTTP.
    """;
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return List.of(
        new OptionGroup("", List.of(KeepOption.SPEC)),
        new OptionGroup("Options for HTTP:", HttpOptions.SPECS),
        new OptionGroup(
            "Limits. They can also be set in ~/.sexton/mcp-limits.json, under the same names with"
                + " underscores:",
            LimitsReader.SPECS));
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    if (arguments.has("app")) {
      throw CommandException.usage(
          "sexton mcp registers its sessions as the application mcp", "omit --app");
    }
    Limits limits = LimitsReader.read(io.environment(), arguments);
    HttpOptions http = HttpOptions.read(io.environment(), arguments);
    List<String> keep = KeepOption.read(arguments);
    Path named = arguments.stateDirectory();
    StateScope scope = StateScope.of(io.environment()).withStateDirectory(named).withKeep(keep);
    Path state = scope.directoryOf("mcp");
    Sessions sessions = new Sessions(limits, named, state, keep);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(sessions::close));
    SextonMcpServer server =
        new SextonMcpServer(sessions, new MachineReports(scope, Version.TEXT), Version.TEXT);
    McpAsyncServer serving =
        http == null
            ? talk(io, limits, server, sessions)
            : listen(
                io,
                arguments,
                server,
                sessions,
                http.needsToken()
                    ? http.with(makeToken(scope.withApplications(List.of("mcp")), state))
                    : http);
    ResourceUpdates.start(serving, scope::directories);
    try {
      new CountDownLatch(1).await(); // The client watch or a signal ends this process.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return ExitCode.DONE;
  }

  private static McpAsyncServer talk(
      Io io, Limits limits, SextonMcpServer server, Sessions sessions) {
    ClientWatch client =
        ClientWatch.builder(sessions::close)
            .grace(limits.sessions().grace().plusSeconds(10))
            .start();
    return server.serve(
        new CancellableStdio(client.input(), io.out(), McpJsonDefaults.getMapper()));
  }

  /// Creates a token that is valid until this process ends.
  private static TokenFile makeToken(StateScope scope, Path state) throws CommandException {
    try {
      TokenFile token = TokenFile.create(scope, state);
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> remove(token)));
      return token;
    } catch (IOException failed) {
      throw CommandException.cannot(
          "no token can be stored in " + state + " (" + failed.getMessage() + ")",
          "make the directory writable for you only, or use --token-file",
          failed);
    }
  }

  private static void remove(TokenFile token) {
    try {
      token.close();
    } catch (IOException failed) {
      LOG.warn("the token file of this server could not be removed ({})", failed.getMessage());
    }
  }

  private static McpAsyncServer listen(
      Io io, Arguments arguments, SextonMcpServer server, Sessions sessions, HttpOptions options)
      throws CommandException {
    CancellableHttp http =
        new CancellableHttp(McpJsonDefaults.getMapper(), options.limits(), sessions::stopAllOf);
    McpAsyncServer serving = server.serve(http);
    try {
      // Never closed: it ends together with this process.
      URI address = HttpListener.start(options.address(), options.access(), http).address();
      if (arguments.json()) {
        io.out().println(announcement(address, options.tokenFile()));
        io.out().flush();
      } else {
        io.err().println("sexton: MCP server at " + address);
        if (options.tokenFile() != null) {
          io.err()
              .println(
                  "sexton: clients send the header Authorization: Bearer TOKEN, with the token in "
                      + TerminalText.text(options.tokenFile().toString()));
        }
      }
    } catch (IOException failed) {
      throw CommandException.cannot(
          "cannot listen at " + options.address() + " (" + failed.getMessage() + ")",
          "choose another port, or 0 for a free one",
          failed);
    }
    return serving;
  }

  private static String announcement(URI address, @Nullable Path tokenFile) throws IOException {
    Map<String, @Nullable String> said = new LinkedHashMap<>();
    said.put("url", address.toString());
    said.put("token_file", tokenFile == null ? null : tokenFile.toString());
    return McpJsonDefaults.getMapper().writeValueAsString(said);
  }
}
