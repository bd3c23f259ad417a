package dev.sexton.mcp;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator allows. Immutable.
 *
 * @param maxSessions how many sessions run at once
 * @param maxIdle how long a session may go without output and without a call; zero for ever
 * @param maxAge how long a session may run at all; zero for ever
 * @param commands patterns of programs that may be started: a name, or an absolute path; null for
 *     any
 * @param environment patterns of variables that a process may be given; null for any, or, where
 *     commands are limited, for any but {@link ProgramVariables}
 * @param images patterns of images; null for any
 * @param directories where a process may be started, with all that is below; null for anywhere
 * @param mounts what a container may be given of the host, with all that is below
 * @param outputBytes how much of each output of a session is kept
 * @param grace how long what is asked to stop has before it is forced
 */
public record Limits(
    int maxSessions,
    Duration maxIdle,
    Duration maxAge,
    @Nullable List<String> commands,
    @Nullable List<String> environment,
    @Nullable List<String> images,
    @Nullable List<Path> directories,
    List<Path> mounts,
    long outputBytes,
    Duration grace) {
  /** Where the JDK looks for programs, too, if there is no PATH. */
  private static final String USUAL_PATH = "/usr/bin:/bin";

  /**
   * Returns what to start for a program. Where commands are limited, that is an absolute path: a
   * name is looked up here, on the operator's PATH, and not by the process, whose directory and
   * variables are the client's.
   *
   * @param path the PATH of this server; null for the usual one
   * @throws RefusalException unless it may be started
   */
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
              + " may be started, each by this very name or absolute path (limit commands; an"
              + " operator can change it with --commands or in the limits file)");
    }
    return isName ? find(program, path) : program;
  }

  /** A pattern of names allows no path, and one of paths no name. */
  private boolean isListed(String program, boolean isName) {
    List<String> ofItsKind =
        commands == null
            ? List.of()
            : commands.stream().filter(pattern -> isName == pattern.indexOf('/') < 0).toList();
    return matches(ofItsKind, program);
  }

  /** Whether a path is absolute and has no way around in it, which links could lead elsewhere. */
  private static boolean isPlainPath(String program) {
    try {
      Path path = Path.of(program);
      return path.isAbsolute() && path.normalize().toString().equals(program);
    } catch (InvalidPathException noPath) {
      return false;
    }
  }

  /** The program of this name on a PATH, of which only absolute directories count. */
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
        // The next one may be.
      }
    }
    throw new RefusalException(
        "cannot start " + name, "is it installed, and on the PATH of this server?");
  }

  /** Fails unless a process may be given these variables. */
  public void requireVariables(Iterable<String> names) throws RefusalException {
    for (String name : names) {
      if (environment != null && !matches(environment, name)) {
        throw new RefusalException(
            "the variable " + name + " may not be set here",
            (environment.isEmpty() ? "none" : "only " + String.join(", ", environment))
                + " may be (limit environment; an operator can change it with --environment or in"
                + " the limits file)");
      }
      if (environment == null && commands != null && ProgramVariables.contains(name)) {
        throw new RefusalException(
            "the variable " + name + " may not be set here, for it can change which program runs",
            "leave it out (limit environment, as commands are limited; an operator can allow it"
                + " with --environment or in the limits file)");
      }
    }
  }

  /** Fails unless a container may be made of an image. */
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

  /** The directory as it really is; fails unless a process may be started there. */
  public Path requireDirectory(String directory) throws RefusalException {
    Path real = real("directory", directory);
    if (!real.toFile().isDirectory()) {
      throw new RefusalException(
          "the directory " + directory + " is none", "name a directory, or leave it out");
    }
    if (directories != null && !isBelow(directories, real)) {
      throw new RefusalException(
          "the directory " + directory + " is not allowed here",
          "only "
              + join(directories)
              + " and what is below (limit directories; an operator can"
              + " change it with --directories or in the limits file)");
    }
    return real;
  }

  /** The source of a mount as it really is; fails unless a container may be given it. */
  public Path requireMount(String source) throws RefusalException {
    Path real = real("mount source", source);
    if (!isBelow(mounts, real)) {
      throw new RefusalException(
          "the mount source " + source + " is not allowed here",
          (mounts.isEmpty()
                  ? "nothing may be mounted"
                  : "only " + join(mounts) + " and what is below")
              + " (limit mounts; an operator can change it with --mounts or in the limits file)");
    }
    return real;
  }

  /** Links resolved, so that none leads out of what is allowed. */
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
      throw new RefusalException("the " + what + " is no path", "check for odd characters");
    }
  }

  private static boolean isBelow(List<Path> allowed, Path real) {
    return allowed.stream().anyMatch(real::startsWith);
  }

  private static String join(List<Path> paths) {
    return String.join(", ", paths.stream().map(Path::toString).toList());
  }

  /** Shell patterns, in which a star goes over slashes: an image's name has some. */
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
