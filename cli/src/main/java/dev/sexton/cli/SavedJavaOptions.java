package dev.sexton.cli;

import java.util.List;
import java.util.Map;

/// Gives the processes that the command starts the environment that the launcher was started with.
///
/// The launcher hides the variables that every JVM obeys from the command's own JVM, which would
/// report them on the command's streams, and starts that JVM in a UTF-8 locale. It keeps the old
/// values in variables with the prefix `SEXTON_SAVED_`.
public final class SavedJavaOptions {
  private static final String PREFIX = "SEXTON_SAVED_";
  private static final List<String> VARIABLES =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  /// Always saved: empty if there was none.
  private static final String LOCALE = "LC_ALL";

  private SavedJavaOptions() {}

  /// Makes the environment of a process to be started what the launcher was started with.
  public static void restore(Map<String, String> environment) {
    for (String variable : VARIABLES) {
      String saved = environment.remove(PREFIX + variable);
      if (saved != null) {
        environment.put(variable, saved);
      }
    }
    String locale = environment.remove(PREFIX + LOCALE);
    if (locale == null) {
      return; // Not started by the launcher.
    }
    if (locale.isEmpty()) {
      environment.remove(LOCALE);
    } else {
      environment.put(LOCALE, locale);
    }
  }
}
