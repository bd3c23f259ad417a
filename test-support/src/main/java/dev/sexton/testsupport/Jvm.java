package dev.sexton.testsupport;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Commands that run a class of the tests in a JVM of its own, which starts fast and stays small.
public final class Jvm {
  private Jvm() {}

  /// Returns the command for a main class, with the class path of this JVM.
  ///
  /// @param options further options of the JVM, such as `-Xmx64m`
  public static List<String> command(String main, String... options) {
    return command(main, System.getProperty("java.class.path"), options);
  }

  /// Returns the command for a main class on this class path.
  public static List<String> command(String main, String classPath, String[] options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath, main));
    return command;
  }
}
