package dev.sexton.cli.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Commands by name, in the order of the overview. A command's class is loaded when it is needed.
public final class CommandRegistry {
  /// The command that may be absent, because it is in a module of its own.
  public static final String MCP = "mcp";

  /// What it does, in the line that the overview has for it.
  public static final String MCP_SUMMARY = "an MCP server: sessions for agents";

  private static final String REAP = "reap";

  private final Map<String, Supplier<? extends @Nullable Command>> commands = new LinkedHashMap<>();

  /// Adds a command.
  ///
  /// @param command creates it; its result is null if the command is absent
  public CommandRegistry add(String name, Supplier<? extends @Nullable Command> command) {
    commands.put(name, command);
    return this;
  }

  /// Returns a command; null if there is none with this name.
  public @Nullable Command find(String name) {
    Supplier<? extends @Nullable Command> command = commands.get(name);
    return command == null ? null : command.get();
  }

  /// Returns the names of the commands that people use. Only sentinels use `reap`.
  public List<String> names() {
    List<String> names = new ArrayList<>(commands.keySet());
    names.remove(REAP);
    return names;
  }

  /// Returns what a command does, in the line that the overview has for it. Only `mcp` may be
  /// absent.
  public String summary(String name) {
    Command command = find(name);
    return command == null ? MCP_SUMMARY : command.summary();
  }
}
