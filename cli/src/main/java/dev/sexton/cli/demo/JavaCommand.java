package dev.sexton.cli.demo;

import dev.sexton.cli.output.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts other programs of this command.
final class JavaCommand {
  private JavaCommand() {}

  /// Returns the command line that starts one of this project's classes. Arguments may be appended.
  static List<String> of(Class<?> program) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command = new ArrayList<>(List.of(java.toString()));
    // Like this JVM: with the same options it may use the same AOT cache.
    String[] own = ProcessHandle.current().info().arguments().orElse(new String[0]);
    int main = List.of(own).indexOf(Version.MAIN_CLASS);
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
}
