package dev.sexton.mcp;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
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
 * @param commands patterns of programs that may be started, as given or as found; null for any
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
    @Nullable List<String> images,
    @Nullable List<Path> directories,
    List<Path> mounts,
    long outputBytes,
    Duration grace) {

  /** Fails unless a program may be started. */
  public void requireCommand(String program) throws RefusalException {
    if (commands != null && !matches(commands, normal(program))) {
      throw new RefusalException(
          "the command " + program + " is not allowed here",
          "only "
              + String.join(", ", commands)
              + " may be started (limit commands; an operator can"
              + " change it with --commands or in the limits file)");
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

  /** A program that is named by a path is allowed by that path only, and not by a way around. */
  private static String normal(String program) {
    try {
      return program.indexOf(File.separatorChar) < 0
          ? program
          : Path.of(program).normalize().toString();
    } catch (InvalidPathException noPath) {
      return program;
    }
  }
}
