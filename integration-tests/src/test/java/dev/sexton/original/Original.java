package dev.sexton.original;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.testkit.Packages;
import dev.sexton.testkit.Python;
import dev.sexton.testkit.Server;
import dev.sexton.testsupport.Commands;
import dev.sexton.testsupport.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The original, installed from its package into its own Python environment below `target`.
final class Original {
  /// A version that is in use.
  enum Version {
    /// Version 1 with all its dependencies, so that the server itself runs.
    V1("1.1.4", 11, "deephaven-mcp==1.1.4", ".deephaven-mcp"),

    /// The tracker of version 2, and what it imports.
    V2("2.1.0", 12, "--no-deps deephaven-mcp==2.1.0 psutil", ".deephaven/ai/runtime");

    private final String number;
    private final int minorOfPython;
    private final String packages;
    private final String stateDirectory;

    Version(String number, int minorOfPython, String packages, String stateDirectory) {
      this.number = number;
      this.minorOfPython = minorOfPython;
      this.packages = packages;
      this.stateDirectory = stateDirectory;
    }

    /// Returns the directory where it keeps its records.
    Path stateDirectory(Path home) {
      return home.resolve(stateDirectory);
    }
  }

  private static final Map<Version, Original> INSTALLED = new HashMap<>();
  private static final Map<Version, String> MISSING = new HashMap<>();

  private final Path environment;
  private final Path tracker;

  private Original(Path environment) throws IOException {
    this.environment = environment;
    this.tracker = tracker(environment);
  }

  /// Returns a version of the original, and installs it if necessary. Skips the test if it cannot
  /// be installed. If `SEXTON_REQUIRE_ORIGINAL` is 1, it fails the test instead, unless no Python
  /// is new enough for version 2.
  static synchronized Original require(Version version) throws IOException {
    Original installed = INSTALLED.get(version);
    if (installed == null && !MISSING.containsKey(version)) {
      Path python = python(version);
      try {
        if (python == null) {
          MISSING.put(version, "there is no Python 3." + version.minorOfPython + " or newer");
        } else {
          installed = new Original(install(version, python));
          INSTALLED.put(version, installed);
        }
      } catch (Commands.Failed failed) {
        MISSING.put(version, String.valueOf(failed.getMessage()));
      }
      if (installed == null
          && "1".equals(System.getenv("SEXTON_REQUIRE_ORIGINAL"))
          && (python != null || version == Version.V1)) {
        throw new AssertionError(
            "version "
                + version.number
                + " of the original cannot be had, and SEXTON_REQUIRE_ORIGINAL is set: "
                + MISSING.remove(version));
      }
    }
    assumeTrue(
        installed != null, () -> "no original " + version.number + ": " + MISSING.get(version));
    return Objects.requireNonNull(installed);
  }

  private static Path install(Version version, Path python) throws IOException {
    return Packages.python(
        "original-" + version.number, python, List.of(version.packages.split(" ", -1)));
  }

  /// Returns the first Python that is new enough, including those of a version manager.
  private static @Nullable Path python(Version version) {
    List<String> candidates = new ArrayList<>(List.of(Python.python3().toString()));
    for (String directory : List.of("", "/usr/bin/", "/usr/local/bin/")) {
      for (int minor = version.minorOfPython; minor <= version.minorOfPython + 2; minor++) {
        candidates.add(directory + "python3." + minor);
      }
    }
    Path managed = Path.of(System.getProperty("user.home", ""), ".pyenv", "versions");
    if (Files.isDirectory(managed)) {
      try (DirectoryStream<Path> versions = Files.newDirectoryStream(managed, "3.1?.*")) {
        List<String> found = new ArrayList<>();
        versions.forEach(one -> found.add(one.resolve("bin/python3").toString()));
        found.stream().sorted().forEach(candidates::add);
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }
    return candidates.stream()
        .map(candidate -> newEnough(candidate, version.minorOfPython))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable Path newEnough(String python, int minor) {
    String code =
        "import sys, venv, ensurepip; assert sys.version_info >= (3, "
            + minor
            + "); print(sys.executable)";
    try {
      return Path.of(Commands.run(List.of(python, "-c", code)));
    } catch (Commands.Failed | UncheckedIOException absentOrTooOld) {
      return null;
    }
  }

  private static Path tracker(Path environment) throws IOException {
    Path lib = environment.resolve("lib");
    try (DirectoryStream<Path> pythons = Files.newDirectoryStream(lib, "python3.*")) {
      return pythons
          .iterator()
          .next()
          .resolve("site-packages/deephaven_mcp/resource_manager/_instance_tracker.py");
    }
  }

  /// Starts a server like the original, registered by the original's own tracker.
  Server serve(Processes processes, Path home) throws IOException {
    return Server.of(processes, home, Map.of(), command(home, "serve"));
  }

  /// Runs the original's cleanup, as the original does whenever it starts.
  void cleanup(Path home) {
    Commands.run(command(home, "cleanup"), Server.environment(home), 60);
  }

  /// Returns what the original reads in a record.
  JsonObject load(Path home, Path record) {
    List<String> command = command(home, "load");
    command.add(record.toString());
    return JsonParser.parseString(Commands.run(command, Server.environment(home), 60))
        .getAsJsonObject();
  }

  private List<String> command(Path home, String verb) {
    Path driver = home.resolve("driver.py");
    Python.copy("/dev/sexton/original/driver.py", driver);
    return new ArrayList<>(
        List.of(
            environment.resolve("bin/python").toString(),
            driver.toString(),
            tracker.toString(),
            verb));
  }

  /// Returns the MCP server itself, which uses standard input and output.
  Path server() {
    return environment.resolve("bin/dh-mcp-systems-server");
  }
}
