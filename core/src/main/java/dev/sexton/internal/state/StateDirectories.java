package dev.sexton.internal.state;

import dev.sexton.StateScope;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Locates state directories from the environment.
public final class StateDirectories {
  /// The application of the original, and the library's default.
  public static final String ORIGINAL = "deephaven-mcp";

  private final Map<String, String> environment;

  /// Uses these environment variables.
  public StateDirectories(Map<String, String> environment) {
    this.environment = environment;
  }

  /// Returns the state directories of a scope, whether or not they exist.
  ///
  /// @throws InvalidPathException if no directory is named and there is no home directory
  public static List<FileStateDirectory> in(StateScope scope) {
    StateDirectories known = new StateDirectories(scope.environment());
    Path named = scope.stateDirectory();
    return named == null
        ? known.all(scope.applications())
        : List.of(known.at(named, scope.applications()));
  }

  /// Returns whether a scope covers every directory of its applications, so that a container
  /// without a record there has no record at all.
  public static boolean isEverywhere(StateScope scope) {
    return scope.stateDirectory() == null && !scope.environment().containsKey("SEXTON_STATE_DIR");
  }

  /// Returns the directory in which a server of this application registers.
  public FileStateDirectory of(String application) {
    Path named = named();
    if (named != null) {
      return new FileStateDirectory(named, application);
    }
    return new FileStateDirectory(
        application.equals(ORIGINAL)
            ? home().resolve(".deephaven-mcp")
            : sextonHome().resolve(application),
        application);
  }

  /// Returns every directory to search for these applications, or for all of them if none is named.
  public List<FileStateDirectory> all(List<String> applications) {
    Path named = named();
    if (named != null) {
      return List.of(at(named, applications));
    }
    List<FileStateDirectory> directories = new ArrayList<>();
    boolean withoutHome = variable("SEXTON_HOME") != null && findHome() == null;
    if (!withoutHome && (applications.isEmpty() || applications.contains(ORIGINAL))) {
      directories.add(of(ORIGINAL));
      directories.add(new FileStateDirectory(originalVersion2(), ORIGINAL));
    }
    if (applications.isEmpty()) {
      directories.addAll(belowSextonHome());
    } else {
      for (String application : applications) {
        if (!application.equals(ORIGINAL)) {
          directories.add(of(application));
        }
      }
    }
    return directories;
  }

  /// Returns every directory in which an instance of this user may be registered, whichever were
  /// named: those of the home, the one that the environment names, and those next to the given
  /// ones. The last belong to another user if root looks there. Without a home there are fewer.
  /// That is not an error.
  public List<FileStateDirectory> everyDirectory(List<? extends StateDirectory> given) {
    Map<Path, FileStateDirectory> found = new LinkedHashMap<>();
    Map<String, String> unnamed = new HashMap<>(environment);
    unnamed.remove("SEXTON_STATE_DIR");
    for (StateDirectories one : List.of(this, new StateDirectories(unnamed))) {
      try {
        one.all(List.of()).forEach(directory -> found.put(directory.path(), directory));
      } catch (InvalidPathException noHome) {
        // Nothing can be registered there.
      }
    }
    for (StateDirectory directory : given) {
      Path parent = directory.path().getParent();
      if (parent != null) {
        for (FileStateDirectory beside : below(parent)) {
          if (beside.exists()) {
            found.putIfAbsent(beside.path(), beside);
          }
        }
      }
    }
    return List.copyOf(found.values());
  }

  /// Returns one directory that was named explicitly.
  public FileStateDirectory at(Path directory, List<String> applications) {
    Path absolute = directory.toAbsolutePath().normalize();
    if (applications.size() == 1) {
      return new FileStateDirectory(absolute, applications.getFirst());
    }
    Path parent = absolute.getParent();
    boolean belowHome =
        parent != null
            && (variable("SEXTON_HOME") != null || findHome() != null)
            && parent.equals(sextonHome().normalize());
    Path name = absolute.getFileName();
    return new FileStateDirectory(absolute, belowHome && name != null ? name.toString() : ORIGINAL);
  }

  private List<FileStateDirectory> belowSextonHome() {
    return below(sextonHome());
  }

  private static List<FileStateDirectory> below(Path parent) {
    List<FileStateDirectory> directories = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, Files::isDirectory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!name.startsWith(".")) {
          directories.add(new FileStateDirectory(entry, name));
        }
      }
    } catch (IOException absent) {
      return List.of();
    }
    directories.sort((left, right) -> left.path().compareTo(right.path()));
    return directories;
  }

  private @Nullable Path named() {
    String named = variable("SEXTON_STATE_DIR");
    return named == null ? null : absolute(named);
  }

  /// Returns the directory that contains those of all applications other than the original.
  public Path sextonHome() {
    String moved = variable("SEXTON_HOME");
    return moved != null ? absolute(moved) : home().resolve(".sexton");
  }

  /// Returns the directory in which version 2 of the original keeps its records.
  private Path originalVersion2() {
    String moved = variable("DH_AI_DATA_DIR");
    String roaming = variable("APPDATA");
    boolean windows = System.getProperty("os.name", "").startsWith("Windows");
    Path data;
    if (moved != null) {
      data = absolute(moved);
    } else if (windows && roaming != null) {
      data = Path.of(roaming).resolve("Deephaven").resolve("ai");
    } else {
      data = home().resolve(".deephaven").resolve("ai");
    }
    return data.resolve("runtime");
  }

  private Path home() {
    Path home = findHome();
    if (home == null) {
      throw new InvalidPathException(
          Objects.requireNonNullElse(environment.get("HOME"), ""),
          "HOME is not an absolute path, and this user has no home directory");
    }
    return home;
  }

  /// Returns the home directory, or null if there is none. `HOME` comes first, because the JDK's
  /// `user.home` ignores it. A relative path, or the question mark that the JDK has for a user
  /// without an entry in passwd, would lead into the working directory.
  private @Nullable Path findHome() {
    for (String home : new @Nullable String[] {variable("HOME"), System.getProperty("user.home")}) {
      if (home != null && Path.of(home).isAbsolute()) {
        return absolute(home);
      }
    }
    return null;
  }

  /// Returns the absolute path of a name.
  ///
  /// @throws InvalidPathException if it has bytes that are not text in the JVM's locale. The JDK
  ///   decodes each as U+FFFD, and would find another directory
  public static Path absolute(String name) {
    Path path = Path.of(name).toAbsolutePath();
    if (path.toString().indexOf('\uFFFD') >= 0) {
      throw new InvalidPathException(path.toString(), "its name is not valid UTF-8");
    }
    return path;
  }

  private @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }
}
