package dev.sexton.internal.run;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.internal.process.InstanceMarker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The shell code that the launcher runs before it becomes the server. The bytes of the environment
/// pass through unchanged, one character each.
public final class RunReply {
  /// The launcher evaluates nothing that does not begin with this line.
  private static final String MAGIC = "#sexton run 1\n";

  /// Where the launcher's first line keeps the client's PWD. The launcher restores it itself.
  private static final String LAUNCHERS_PWD = "SEXTON_PWD";

  /// Changed by the launcher for its registrar only, or kept by the shell for itself.
  private static final Set<String> OWN =
      Set.of(
          InstanceMarker.VARIABLE,
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS",
          "_JAVA_OPTIONS",
          "LC_ALL",
          "SEXTON_SAVED_LC_ALL",
          LAUNCHERS_PWD,
          "PWD",
          "OLDPWD");

  private final StringBuilder code = new StringBuilder(MAGIC);

  /// Ends the launcher without starting anything.
  public RunReply exit(int code) {
    this.code.append("exit ").append(code).append('\n');
    return this;
  }

  /// Prints a line on the server's stderr.
  public RunReply say(String line) {
    code.append("printf '%s\\n' ").append(quoted(bytes(line))).append(" >&2\n");
    return this;
  }

  /// Sets the server's marker and removes an inherited opt-out. An opt-out counts only if it is set
  /// below the server.
  public RunReply mark(String mark) {
    code.append("unset " + InstanceMarker.KEEP + "\nexport " + InstanceMarker.VARIABLE + "=");
    code.append(quoted(bytes(mark))).append('\n');
    return this;
  }

  /// Inserts words before one of the server's arguments, given their number.
  public RunReply insert(List<String> words, int at, int arguments) {
    code.append("set --");
    for (int i = 0; i <= arguments; i++) {
      if (i == at) {
        words.forEach(word -> code.append(' ').append(quoted(bytes(word))));
      }
      if (i < arguments) {
        code.append(" \"${").append(i + 1).append("}\"");
      }
    }
    code.append('\n');
    return this;
  }

  /// Gives the server the environment that the launcher was given. Shells set variables of their
  /// own, and drop those whose names are invalid in a shell.
  ///
  /// @param launcher the launcher's PID; this process got its environment from the launcher
  /// @param program the server's program; env(1) would take one with an equals sign for a variable
  public RunReply environment(long launcher, String program) {
    Map<String, String> given = variables("/proc/" + launcher + "/environ");
    Map<String, String> passed = variables("/proc/self/environ");
    if (given.isEmpty()) {
      return this; // Not Linux: the shell's environment has to do.
    }
    boolean restored = given.containsKey(LAUNCHERS_PWD);
    for (String name : restored ? List.of("OLDPWD") : List.of("PWD", "OLDPWD")) {
      String value = given.get(name);
      code.append(value == null ? "unset " + name : "export " + name + "=" + quoted(value));
      code.append('\n');
    }
    List<String> changes = new ArrayList<>();
    for (String name : passed.keySet()) {
      if (!given.containsKey(name) && !OWN.contains(name)) {
        changes.addAll(List.of("-u", name));
      }
    }
    given.forEach((name, value) -> {
      if (!value.equals(passed.get(name)) && !OWN.contains(name)) {
        changes.add(name + "=" + value);
      }
    });
    if (!changes.isEmpty() && program.indexOf('=') < 0) {
      code.append("set -- env");
      changes.forEach(change -> code.append(' ').append(quoted(change)));
      code.append(" \"$@\"\n");
    }
    return this;
  }

  private static Map<String, String> variables(String file) {
    Map<String, String> variables = new LinkedHashMap<>();
    try {
      for (String entry :
          new String(Files.readAllBytes(Path.of(file)), ISO_8859_1).split("\0", -1)) {
        int equals = entry.indexOf('=');
        if (equals > 0) {
          variables.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
        }
      }
    } catch (IOException unreadable) {
      return Map.of();
    }
    return variables;
  }

  /// Returns the UTF-8 bytes of a text as the reply holds them: one character each.
  private static String bytes(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /// Returns the code as bytes.
  public byte[] bytes() {
    return code.toString().getBytes(ISO_8859_1);
  }
}
