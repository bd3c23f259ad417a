package dev.sexton.cli.setup;

import dev.sexton.cli.option.UserHome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An MCP client, and the file in which it has the servers of its user.
///
/// @param name its name for `--client`
/// @param file the file; need not exist
record McpClient(String name, Path file, ConfigurationFormat format) {
  private static final ConfigurationFormat SERVERS = new JsonFormat(List.of(List.of("mcpServers")));

  private static final ConfigurationFormat WITH_PROJECTS =
      new JsonFormat(List.of(List.of("mcpServers"), List.of("projects", "*", "mcpServers")));

  private static final ConfigurationFormat VS_CODE = new JsonFormat(List.of(List.of("servers")));

  /// Returns all clients that Sexton knows. The files are those of the clients' manuals; see
  /// docs/clients.md.
  static List<McpClient> all(UserHome user) {
    Path home = user.path();
    Path configuration = user.configuration();
    Path claude = user.named("CLAUDE_CONFIG_DIR", home);
    Path codex = user.named("CODEX_HOME", home.resolve(".codex"));
    List<McpClient> clients = new ArrayList<>();
    clients.add(new McpClient("claude-code", claude.resolve(".claude.json"), WITH_PROJECTS));
    clients.add(
        new McpClient(
            "claude-desktop", configuration.resolve("Claude/claude_desktop_config.json"), SERVERS));
    clients.add(
        new McpClient("codex", codex.resolve("config.toml"), new TomlFormat("mcp_servers")));
    clients.add(new McpClient("cursor", home.resolve(".cursor/mcp.json"), SERVERS));
    clients.add(new McpClient("gemini", home.resolve(".gemini/settings.json"), SERVERS));
    clients.add(new McpClient("vscode", configuration.resolve("Code/User/mcp.json"), VS_CODE));
    return clients;
  }
}
