package dev.sexton.mcp;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the operator allows clients to start. Immutable.
///
/// @param commands patterns of programs that may be started, by name or by absolute path; null for
///   any
/// @param environment patterns of variables that a process may be given; null for any, or, if
///   commands are limited, for any but [ProgramVariables]
/// @param images patterns of images that may be used; null for any
/// @param directories directories in which, or below which, a process may be started; null for any
/// @param mounts paths of the host that a container may be given, with everything below them
public record AllowList(
    @Nullable List<String> commands,
    @Nullable List<String> environment,
    @Nullable List<String> images,
    @Nullable List<Path> directories,
    List<Path> mounts) {
  /// The directories in which the JDK, too, looks for programs if there is no `PATH`.
  private static final String USUAL_PATH = "/usr/bin:/bin";

  /// Returns what to execute for a program. If commands are limited, that is an absolute path. A
  /// name is looked up here, on the operator's `PATH`, and not by the process, whose directory and
  /// variables come from the client.
  ///
  /// @param path the `PATH` of this server; null for the usual one
  /// @throws RefusalException if the program may not be started
  public String requireCommand(String program, @Nullable String path) throws RefusalException {
    if (commands == null) {
      return program;
    }
    boolean isName = program.indexOf('/') < 0 && program.indexOf(File.separatorChar) < 0;
    if (!(isName || isPlainPath(program)) || !isListed(program, isName)) {
      throw new RefusalException(
          "the command " + program + " is not allowed here",
          "only "
              + String.join(", ", commands)
              + " may be started, each by exactly this name or absolute path (limit commands; an"
              + " operator can change it with --commands or in the limits file)");
    }
    return isName ? find(program, path) : program;
  }

  /// Patterns of names match no paths, and patterns of paths match no names.
  private boolean isListed(String program, boolean isName) {
    List<String> ofItsKind =
        commands == null
            ? List.of()
            : commands.stream().filter(pattern -> isName == pattern.indexOf('/') < 0).toList();
    return matches(ofItsKind, program);
  }

  /// Returns whether a path is absolute and normalized. In other paths, links could lead elsewhere.
  private static boolean isPlainPath(String program) {
    try {
      Path path = Path.of(program);
      return path.isAbsolute() && path.normalize().toString().equals(program);
    } catch (InvalidPathException noPath) {
      return false;
    }
  }

  /// Finds a program by name on a `PATH`. Only the absolute directories of the `PATH` count.
  private static String find(String name, @Nullable String path) throws RefusalException {
    for (String directory : (path == null ? USUAL_PATH : path).split(File.pathSeparator, -1)) {
      try {
        Path candidate = Path.of(directory, name);
        if (candidate.isAbsolute()
            && Files.isRegularFile(candidate)
            && Files.isExecutable(candidate)) {
          return candidate.toString();
        }
      } catch (InvalidPathException noPath) {
        // The next directory may have a valid path.
      }
    }
    throw new RefusalException(
        "cannot start " + name, "install it, or add its directory to the PATH of this server");
  }

  /// Fails if a process may not be given these variables.
  public void requireVariables(Iterable<String> names) throws RefusalException {
    for (String name : names) {
      if (environment != null && !matches(environment, name)) {
        throw new RefusalException(
            "the variable " + name + " must not be set here",
            (environment.isEmpty() ? "none" : "only " + String.join(", ", environment))
                + " may be (limit environment; an operator can change it with --environment or in"
                + " the limits file)");
      }
      if (environment == null && commands != null && ProgramVariables.contains(name)) {
        throw new RefusalException(
            "the variable "
                + name
                + " must not be set here because it can change which program"
                + " runs",
            "omit it (limit environment, since commands are limited; an operator can allow it"
                + " with --environment or in the limits file)");
      }
    }
  }

  /// Fails if a container may not be created from the image.
  public void requireImage(String image) throws RefusalException {
    if (images != null && !matches(images, image)) {
      throw new RefusalException(
          "the image " + image + " is not allowed here",
          "only "
              + String.join(", ", images)
              + " may be used (limit images; an operator can change"
              + " it with --images or in the limits file)");
    }
  }

  /// Returns the real path of the directory. Fails if a process may not be started there.
  public Path requireDirectory(String directory) throws RefusalException {
    Path real = real("directory", directory);
    if (!real.toFile().isDirectory()) {
      throw new RefusalException(
          "the directory " + directory + " is not a directory", "name a directory, or omit it");
    }
    if (directories != null && !isBelow(directories, real)) {
      throw new RefusalException(
          "the directory " + directory + " is not allowed here",
          "only "
              + join(directories)
              + " and directories below (limit directories; an operator can"
              + " change it with --directories or in the limits file)");
    }
    return real;
  }

  /// Returns the real path of the source of a mount. Fails if a container may not be given it.
  public Path requireMount(String source) throws RefusalException {
    Path real = real("mount source", source);
    if (!isBelow(mounts, real)) {
      throw new RefusalException(
          "the mount source " + source + " is not allowed here",
          (mounts.isEmpty()
                  ? "nothing may be mounted"
                  : "only " + join(mounts) + " and what is below it")
              + " (limit mounts; an operator can change it with --mounts or in the limits file)");
    }
    return real;
  }

  /// Resolves links, so that no link leads out of the allowed paths.
  private static Path real(String what, String path) throws RefusalException {
    try {
      Path absolute = Path.of(path);
      if (!absolute.isAbsolute()) {
        throw new RefusalException(
            "the " + what + " " + path + " is relative", "give the absolute path");
      }
      return absolute.toRealPath();
    } catch (IOException missing) {
      throw new RefusalException("the " + what + " " + path + " does not exist", "check the path");
    } catch (InvalidPathException invalid) {
      throw new RefusalException("the " + what + " is not a valid path", "check its characters");
    }
  }

  private static boolean isBelow(List<Path> allowed, Path real) {
    return allowed.stream().anyMatch(real::startsWith);
  }

  private static String join(List<Path> paths) {
    return String.join(", ", paths.stream().map(Path::toString).toList());
  }

  /// Matches shell patterns in which a star also matches slashes, because image names contain
  /// slashes.
  private static boolean matches(List<String> patterns, String name) {
    for (String pattern : patterns) {
      String glob = "glob:" + pattern.replace("**", "*").replace("*", "**");
      try {
        if (pattern.equals(name)
            || FileSystems.getDefault().getPathMatcher(glob).matches(Path.of(name))) {
          return true;
        }
      } catch (InvalidPathException noPath) {
        return false;
      }
    }
    return false;
  }
}
