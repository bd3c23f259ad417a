package dev.sexton.cli;

import dev.sexton.internal.launch.WatcherStart;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Starts other programs of this command.
final class JavaCommand {
  private static final String MAIN = Main.class.getName();

  private JavaCommand() {}

  /// Returns the command line that starts one of this project's classes. Arguments may be appended.
  static List<String> of(Class<?> program) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command = new ArrayList<>(List.of(java.toString()));
    // Like this JVM: with the same options it may use the same AOT cache.
    String[] own = ProcessHandle.current().info().arguments().orElse(new String[0]);
    int main = List.of(own).indexOf(MAIN);
    if (main >= 0) {
      command.addAll(List.of(own).subList(0, main));
    } else {
      String classPath = System.getProperty("java.class.path", "");
      if (classPath.isEmpty()) {
        throw new IOException("not started from a class path");
      }
      command.addAll(
          List.of(
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              classPath));
    }
    command.add(program.getName());
    return command;
  }

  /// Returns the build of this process in one word: the name of its jar.
  static String build() {
    Path jar = jar();
    Path name = jar == null ? null : jar.getFileName();
    return name == null ? "unpacked" : name.toString().replace(' ', '_');
  }

  /// Returns the build time in milliseconds since 1970; 0 if unknown.
  static long builtAt() {
    Path jar = jar();
    try {
      return jar == null ? 0 : Files.getLastModifiedTime(jar).toMillis();
    } catch (IOException gone) {
      return 0;
    }
  }

  /// Returns whether another build has replaced the one of this process.
  static boolean isReplaced() {
    Path jar = jar();
    if (jar == null) {
      return false;
    }
    try {
      List<String> current = Files.readAllLines(jar.resolveSibling("current"));
      return current.size() == 3
          && !current.get(2).isBlank()
          && !build().equals(current.get(2) + ".jar");
    } catch (IOException notOurs) {
      return false;
    }
  }

  /// Starts a watcher in the background with the launcher of this process. Nothing is printed if
  /// one runs already. The watcher inherits no descriptors.
  ///
  /// @param root the state directory that it serves; null for those of the user
  /// @throws IOException if there is no such launcher, or it cannot be started
  static Process startWatcher(@Nullable Path root) throws IOException {
    String launcher = System.getProperty("sexton.command", "");
    if (launcher.isEmpty()) {
      throw new IOException("not started by a launcher");
    }
    return WatcherStart.start(launcher, root, System.getenv());
  }

  private static @Nullable Path jar() {
    String classPath = System.getProperty("java.class.path", "");
    return classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)
        ? Path.of(classPath)
        : null;
  }
}
