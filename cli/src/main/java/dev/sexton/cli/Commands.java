package dev.sexton.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All commands, in the order of the overview. A new one is registered here and nowhere else.
public final class Commands {
  /// The line of the overview for `sexton mcp`, which is in a module of its own.
  public static final String MCP_SUMMARY = "an MCP server: sessions for agents";

  static final String MCP = "mcp";

  private static final String REAP = "reap";
  private static final Map<String, Supplier<@Nullable Command>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("run", RunCommand::new);
    ALL.put("list", ListCommand::new);
    ALL.put("sweep", SweepCommand::new);
    ALL.put("stop", StopCommand::new);
    ALL.put("watch", WatchCommand::new);
    ALL.put("history", HistoryCommand::new);
    ALL.put("doctor", DoctorCommand::new);
    ALL.put(MCP, () -> ServiceLoader.load(Command.class).findFirst().orElse(null));
    ALL.put("demo", DemoCommand::new);
    ALL.put("completion", CompletionCommand::new);
    ALL.put("man", ManCommand::new);
    ALL.put("help", HelpCommand::new);
    ALL.put(REAP, ReapCommand::new);
  }

  private Commands() {}

  /// Returns a command; null if there is none with this name.
  static @Nullable Command find(String name) {
    Supplier<@Nullable Command> command = ALL.get(name);
    return command == null ? null : command.get();
  }

  /// Returns the names of the commands that people use. Only sentinels use `reap`.
  static List<String> names() {
    List<String> names = new ArrayList<>(ALL.keySet());
    names.remove(REAP);
    return names;
  }

  /// Returns what a command does, in the line that the overview has for it. Only `mcp` may be
  /// absent.
  static String summary(String name) {
    Command command = find(name);
    return command == null ? MCP_SUMMARY : command.summary();
  }
}
