package dev.sexton.cli.setup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
  static List<McpClient> all(Map<String, String> environment, Path home) {
    Path configuration = named(environment, "XDG_CONFIG_HOME", home.resolve(".config"));
    Path claude = named(environment, "CLAUDE_CONFIG_DIR", home);
    Path codex = named(environment, "CODEX_HOME", home.resolve(".codex"));
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

  private static Path named(Map<String, String> environment, String variable, Path otherwise) {
    String value = environment.getOrDefault(variable, "");
    return value.startsWith("/") ? Path.of(value) : otherwise;
  }
}
