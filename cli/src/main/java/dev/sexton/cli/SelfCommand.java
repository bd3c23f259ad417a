package dev.sexton.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start another program of this command's own. */
final class SelfCommand {
  private static final String MAIN = Main.class.getName();

  private SelfCommand() {}

  /** The command line that starts a class of ours; arguments may be added. */
  static List<String> of(Class<?> program) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command = new ArrayList<>(List.of(java.toString()));
    // As this very JVM was started: with the same options it may use the same AOT cache.
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

  /**
   * The same with the options and the AOT cache that were made for it, whatever this JVM was
   * started with.
   *
   * @param kind which those are, as {@code cli/dist/build.sh} calls them: {@code -watcher}, or
   *     nothing for those of the command
   */
  static List<String> built(Class<?> program, String kind) throws IOException {
    String jar = System.getProperty("java.class.path", "");
    String built = jar.endsWith(".jar") ? jar.substring(0, jar.length() - ".jar".length()) : "";
    Path options = Path.of(built + kind + ".options");
    if (built.isEmpty() || !Files.isReadable(options)) {
      return of(program);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + options);
    String cache = built + kind + "-" + System.getProperty("java.runtime.version") + ".aot";
    if (Files.isReadable(Path.of(cache))) {
      command.add("-XX:AOTCache=" + cache);
    }
    command.addAll(List.of("-cp", jar, program.getName()));
    return command;
  }
}
