package dev.sexton.mcp.session;

import dev.sexton.InstanceTracker;
import dev.sexton.cli.run.SavedJavaOptions;
import dev.sexton.mcp.AllowList;
import dev.sexton.mcp.NativeText;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Launches a process.
///
/// @param command the program and its arguments
/// @param directory the working directory; null for this server's own
/// @param environment variables set in addition to this server's own
public record ProcessLauncher(
    List<String> command, @Nullable Path directory, Map<String, String> environment)
    implements SessionLauncher {

  /// Sexton recognizes its processes by these variables. A session that changed them could hide.
  private static final String RESERVED = "SEXTON_";

  /// Returns the launcher of the process that a client asks for.
  public static ProcessLauncher of(
      AllowList allowed,
      List<String> command,
      @Nullable String directory,
      Map<String, String> environment)
      throws RefusalException {
    requireEnvironment(environment);
    allowed.requireVariables(environment.keySet());
    return permitted(
        allowed.requireCommand(command.getFirst(), System.getenv("PATH")),
        command.subList(1, command.size()),
        directory == null ? null : allowed.requireDirectory(directory),
        environment);
  }

  /// Returns the launcher of a process whose program, directory and environment are permitted.
  public static ProcessLauncher permitted(
      String program,
      List<String> arguments,
      @Nullable Path directory,
      Map<String, String> environment)
      throws RefusalException {
    List<String> command = new ArrayList<>();
    command.add(program);
    command.addAll(arguments);
    for (String word : command) {
      NativeText.requireNative("the command", word);
    }
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      NativeText.requireNative("the variable " + variable.getKey(), variable.getKey());
      NativeText.requireNative("the variable " + variable.getKey(), variable.getValue());
    }
    return new ProcessLauncher(List.copyOf(command), directory, environment);
  }

  /// Fails if a variable is invalid or could hide a process.
  public static void requireEnvironment(Map<String, String> environment) throws RefusalException {
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      String name = variable.getKey();
      if (name.isEmpty() || name.indexOf('=') >= 0) {
        throw new RefusalException(
            "the environment contains a variable with an invalid name",
            "use a name that is not empty and contains no =");
      }
      NativeText.require("the variable " + name, name);
      NativeText.require("the variable " + name, variable.getValue());
      if (name.toUpperCase(Locale.ROOT).startsWith(RESERVED)) {
        throw new RefusalException(
            "the variable " + name + " is reserved",
            "omit all variables that begin with " + RESERVED);
      }
    }
  }

  @Override
  public SessionRuntime start(InstanceTracker instance, Call call) throws RefusalException {
    ProcessBuilder builder = new ProcessBuilder(command);
    SavedJavaOptions.restore(builder.environment());
    builder.environment().keySet().removeIf(name -> name.startsWith(RESERVED));
    builder.environment().putAll(environment);
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    try {
      return new ProcessRuntime(instance.launch("session", builder), String.join(" ", command));
    } catch (IOException failed) {
      String program = command.getFirst();
      throw new RefusalException(
          "cannot start " + program + " (" + failed.getMessage() + ")",
          program.indexOf(File.separatorChar) < 0
              ? "install it, or add its directory to the PATH of this server"
              : "check that it exists and is executable");
    }
  }
}
