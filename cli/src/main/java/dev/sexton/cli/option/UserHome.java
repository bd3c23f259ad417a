package dev.sexton.cli.option;

import dev.sexton.cli.output.CommandException;
import java.nio.file.Path;
import java.util.Map;

/// The home directory of the user, and the directories that variables may move out of it.
///
/// @param environment the environment variables
/// @param path the home directory
public record UserHome(Map<String, String> environment, Path path) {
  /// Returns the home directory that `HOME` names.
  ///
  /// @throws CommandException if it names none
  public static UserHome of(Map<String, String> environment) throws CommandException {
    String home = environment.getOrDefault("HOME", "");
    if (!home.startsWith("/")) {
      throw CommandException.cannot(
          "the home directory is not known", "set HOME to an absolute path", null);
    }
    return new UserHome(environment, Path.of(home));
  }

  /// Returns the directory with the configurations of programs.
  public Path configuration() {
    return named("XDG_CONFIG_HOME", path.resolve(".config"));
  }

  /// Returns the directory that a variable names, or another one if it names none.
  public Path named(String variable, Path otherwise) {
    String value = environment.getOrDefault(variable, "");
    return value.startsWith("/") ? Path.of(value) : otherwise;
  }
}
