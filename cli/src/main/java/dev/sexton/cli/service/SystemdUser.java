package dev.sexton.cli.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The systemd of a user.
///
/// @param environment the variables by which its commands find it
record SystemdUser(Map<String, String> environment) {
  private static final String DIRECTORY = "XDG_RUNTIME_DIR";

  /// systemd itself gives up after 90 s.
  private static final long LIMIT_SECONDS = 100;

  /// The end of a command.
  record Ended(int exitCode, String output) {
    boolean isSuccess() {
      return exitCode == 0;
    }

    /// Returns the first line of the output.
    String firstLine() {
      return output.lines().findFirst().orElse("");
    }
  }

  /// Returns the systemd of this user. Its socket is found without the variable that a login sets,
  /// too, as behind `sudo -u`.
  static SystemdUser of(Map<String, String> environment) throws IOException {
    Map<String, String> variables = new HashMap<>(environment);
    Path usual =
        Path.of("/run/user", Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString());
    if (variables.getOrDefault(DIRECTORY, "").isEmpty() && Files.isDirectory(usual)) {
      variables.put(DIRECTORY, usual.toString());
    }
    return new SystemdUser(variables);
  }

  /// Asks for the version, which fails if systemd does not answer.
  Ended version() {
    return systemctl("show", "--property=Version");
  }

  /// Runs `systemctl --user`.
  Ended systemctl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("systemctl", "--user"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  /// Returns whether systemd runs the user's services while the user is logged out.
  boolean lingers() {
    return run(List.of("loginctl", "show-user", "--property=Linger", "--value", user()))
        .firstLine()
        .equals("yes");
  }

  /// Returns the path of a program. The JDK would look on the PATH of this process.
  private String find(String program) throws IOException {
    for (String directory : environment.getOrDefault("PATH", "/usr/bin:/bin").split(":", -1)) {
      Path file = Path.of(directory.isEmpty() ? "." : directory, program);
      if (Files.isExecutable(file)) {
        return file.toString();
      }
    }
    throw new IOException("there is no " + program + " on the PATH");
  }

  private String user() {
    return System.getProperty("user.name", "");
  }

  private Ended run(List<String> command) {
    try {
      List<String> found = new ArrayList<>(command);
      found.set(0, find(command.getFirst()));
      ProcessBuilder builder = new ProcessBuilder(found).redirectErrorStream(true);
      builder.environment().clear();
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Ended(-1, "no answer within " + LIMIT_SECONDS + " s");
      }
      return new Ended(process.exitValue(), output);
    } catch (IOException missing) {
      return new Ended(-1, String.valueOf(missing.getMessage()));
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
      return new Ended(-1, "interrupted");
    }
  }
}
