package dev.sexton.cli;

import java.util.List;
import java.util.Map;

/**
 * The environment variables that every JVM obeys. The launcher hides them from the command's own
 * JVM, which would report them on the command's streams, under another name; a server that the
 * command starts, which may be a JVM and need them, gets them back.
 */
public final class SavedJavaOptions {
  private static final String PREFIX = "SEXTON_SAVED_";
  private static final List<String> VARIABLES =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private SavedJavaOptions() {}

  /** Makes the environment of a process to be started what the launcher was started with. */
  public static void restore(Map<String, String> environment) {
    for (String variable : VARIABLES) {
      String saved = environment.remove(PREFIX + variable);
      if (saved != null) {
        environment.put(variable, saved);
      }
    }
    String locale = environment.remove(PREFIX + "LC_ALL");
    if (locale != null && locale.isEmpty()) {
      environment.remove("LC_ALL");
    } else if (locale != null) {
      environment.put("LC_ALL", locale);
    }
  }
}
