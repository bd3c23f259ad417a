package dev.sexton.cli.run;

import java.util.List;
import java.util.Map;

/// Gives the processes that the command starts the environment with which the launcher was started.
/// The launcher hides the variables that affect every JVM from the command's own JVM, which would
/// report them on the command's streams. It also starts that JVM in a UTF-8 locale. It keeps the
/// old values in variables with the prefix `SEXTON_SAVED_`.
public final class SavedJavaOptions {
  private static final String PREFIX = "SEXTON_SAVED_";
  private static final List<String> VARIABLES =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  /// Always saved: empty if it was not set.
  private static final String LOCALE = "LC_ALL";

  private SavedJavaOptions() {}

  /// Restores the launcher's original environment for a process to be started.
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
