package dev.sexton.mcp;

import dev.sexton.ClientWatch;
import dev.sexton.cli.Arguments;
import dev.sexton.cli.Command;
import dev.sexton.cli.CommandException;
import dev.sexton.cli.ExitCode;
import dev.sexton.cli.Io;
import dev.sexton.cli.Version;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.mcp.resource.ResourceUpdates;
import dev.sexton.mcp.session.Sessions;
import dev.sexton.mcp.tool.SextonCli;
import dev.sexton.mcp.transport.CancellableStdio;
import dev.sexton.mcp.transport.MessageLines;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.commons.cli.Options;

/** {@code sexton mcp}. */
public final class McpCommand implements Command {
  @Override
  public String help() {
    return """
    sexton mcp [--http [HOST:]PORT] [--limits FILE] [limits…] [--state-dir DIR]

      An MCP server that starts and stops sessions for an agent. It speaks over
      stdin and stdout, or over streamable HTTP.
    """;
  }

  @Override
  public void addOptions(Options options) {
    options.addOption(Arguments.value("http", "[HOST:]PORT"));
    LimitsReader.addOptions(options);
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    Limits limits = LimitsReader.read(io.environment(), arguments);
    Path named = arguments.stateDirectory();
    Path state = named != null ? named : new StateDirectories(io.environment()).of("mcp").path();
    Sessions sessions = new Sessions(limits, named, state, () -> {});
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(sessions::close));
    SextonMcpServer server =
        new SextonMcpServer(sessions, new SextonCli(io.environment(), named), Version.TEXT);
    ClientWatch client =
        ClientWatch.builder(sessions::close).grace(limits.grace().plusSeconds(10)).start();
    McpJsonMapper mapper = McpJsonDefaults.getMapper();
    McpAsyncServer serving =
        server.serve(
            new CancellableStdio(
                new StdioServerTransportProvider(
                    mapper, new MessageLines(client.input(), io.out(), mapper), io.out())));
    StateDirectories known = new StateDirectories(io.environment());
    ResourceUpdates.start(
        serving, () -> named == null ? known.all(List.of()) : List.of(known.at(named, List.of())));
    try {
      new CountDownLatch(1).await(); // The watch ends this process.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return ExitCode.DONE;
  }
}
