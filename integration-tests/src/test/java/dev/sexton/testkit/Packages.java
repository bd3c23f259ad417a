package dev.sexton.testkit;

import dev.sexton.testsupport.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Packages from the registries of other languages, installed once below `target`. If a package
/// cannot be installed, [Commands.Failed] is thrown.
public final class Packages {
  /// Packages may be large.
  private static final long INSTALL_SECONDS = 900;

  private Packages() {}

  /// Returns a Python environment with these packages. Their programs are in `bin`.
  public static Path python(String name, Path python, List<String> packages) throws IOException {
    Path environment = begin(name);
    if (!isComplete(environment)) {
      Commands.run(List.of(python.toString(), "-m", "venv", environment.toString()));
      List<String> pip = new ArrayList<>(List.of(environment.resolve("bin/pip").toString()));
      pip.addAll(List.of("install", "--quiet", "--disable-pip-version-check"));
      complete(environment, pip, packages);
    }
    return environment;
  }

  /// Returns a directory whose `node_modules` has these packages.
  public static Path node(String name, List<String> packages) throws IOException {
    Path directory = begin(name);
    if (!isComplete(directory)) {
      Files.createDirectories(directory);
      List<String> npm = new ArrayList<>(List.of("npm", "install", "--no-audit", "--no-fund"));
      npm.addAll(List.of("--prefix", directory.toString()));
      complete(directory, npm, packages);
    }
    return directory;
  }

  private static Path begin(String name) {
    Path directory = Path.of("target", name).toAbsolutePath();
    if (Files.exists(directory) && !isComplete(directory)) {
      Commands.run(List.of("rm", "-r", directory.toString()));
    }
    return directory;
  }

  private static boolean isComplete(Path directory) {
    return Files.exists(directory.resolve("complete"));
  }

  private static void complete(Path directory, List<String> installer, List<String> packages)
      throws IOException {
    List<String> command = new ArrayList<>(installer);
    command.addAll(packages);
    Commands.run(command, Map.of(), INSTALL_SECONDS);
    Files.createFile(directory.resolve("complete"));
  }
}
