package dev.sexton.cli.run;

import dev.sexton.cli.output.CommandException;
import dev.sexton.internal.launch.BackgroundWatcher;
import dev.sexton.internal.launch.WatcherStart;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The build of this process: its jar.
public final class JavaBuild implements BackgroundWatcher.Build {
  @Override
  public String name() {
    Path jar = jar();
    Path name = jar == null ? null : jar.getFileName();
    return name == null ? "unpacked" : name.toString().replace(' ', '_');
  }

  @Override
  public long builtAt() {
    Path jar = jar();
    try {
      return jar == null ? 0 : Files.getLastModifiedTime(jar).toMillis();
    } catch (IOException gone) {
      return 0;
    }
  }

  @Override
  public boolean isReplaced() {
    Path jar = jar();
    if (jar == null) {
      return false;
    }
    try {
      List<String> current = Files.readAllLines(jar.resolveSibling("current"));
      return current.size() == 3
          && !current.get(2).isBlank()
          && !name().equals(current.get(2) + ".jar");
    } catch (IOException notOurs) {
      return false;
    }
  }

  /// Returns the jar of `sexton mcp` in the same build; null if there is none, or if this process
  /// was not started from a build.
  public static @Nullable Path mcpJar() {
    Path jar = jar();
    Path name = jar == null ? null : jar.getFileName();
    if (jar == null || name == null) {
      return null;
    }
    Path mcp = jar.resolveSibling(name.toString().replaceFirst("\\.jar$", "-mcp.jar"));
    return Files.isRegularFile(mcp) ? mcp : null;
  }

  /// Returns the error for a file of the build that cannot be read.
  public static CommandException broken(IOException unreadable) {
    return CommandException.cannot(
        "the build cannot be read (" + unreadable.getMessage() + ")",
        "check its permissions, or build it again",
        unreadable);
  }

  @Override
  public void startWatcher(@Nullable Path root) throws IOException {
    var _ = start(root);
  }

  /// Starts a watcher in the background with the launcher of this process. Nothing is printed if
  /// one runs already. The watcher inherits no descriptors.
  ///
  /// @param root the state directory that it serves; null for those of the user
  /// @return the launcher, which ends at once
  /// @throws IOException if there is no such launcher, or it cannot be started
  static Process start(@Nullable Path root) throws IOException {
    String launcher = System.getProperty("sexton.command", "");
    if (launcher.isEmpty()) {
      throw new IOException("not started by a launcher");
    }
    return WatcherStart.start(launcher, root, System.getenv());
  }

  /// Returns the path of the `sexton` command that other programs can start.
  ///
  /// @throws CommandException if this process was not started by a launcher
  public static String launcher(Map<String, String> environment) throws CommandException {
    String launcher =
        System.getProperty("sexton.command", environment.getOrDefault("SEXTON_COMMAND", ""));
    if (!launcher.startsWith("/")) {
      throw CommandException.cannot(
          "the path of the sexton command is not known",
          "start it by its launcher, or set SEXTON_COMMAND to the launcher's path",
          null);
    }
    return launcher;
  }

  private static @Nullable Path jar() {
    String classPath = System.getProperty("java.class.path", "");
    return classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)
        ? Path.of(classPath)
        : null;
  }
}
