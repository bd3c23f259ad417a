package dev.sexton.internal.launch;

import com.google.gson.JsonObject;
import dev.sexton.spi.ResourceProviderFactory;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The command line that reaps an instance after the death of its owner.
final class ReapCommandLine {
  /// Names a `sexton` launcher. The system property is `sexton.command`.
  static final String VARIABLE = "SEXTON_COMMAND";

  private static final String REMEDY = ": name a sexton launcher in SEXTON_COMMAND";

  /// The package of the command, which the library does not depend on.
  private static final String COMMAND_PACKAGE = "dev.sexton.cli.";

  private ReapCommandLine() {}

  /// Returns the launcher that the environment names. Without one, returns this JVM's command line
  /// if it runs the command, or else the same `java` with the library's own jars.
  ///
  /// @param directory the instance's state directory
  /// @throws IOException if there is none; the message gives the reason and the remedy
  static List<String> of(Map<String, String> environment, String instanceId, Path directory)
      throws IOException {
    List<String> command = new ArrayList<>();
    String named = named(environment);
    List<String> own = List.of(ProcessHandle.current().info().arguments().orElse(new String[0]));
    if (named != null && !named.isEmpty()) {
      command.add(launcher(named, environment.getOrDefault("PATH", "")));
      command.add("reap");
    } else if (isReusable(own)) {
      command.add(java());
      command.addAll(own.subList(0, mainClass(own)));
      command.addAll(List.of(COMMAND_PACKAGE + "Main", "reap"));
    } else {
      command.add(java());
      command.addAll(
          List.of(
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-XX:-UsePerfData",
              "-Xshare:auto",
              "-Xmx256m",
              // Otherwise the JVM's own messages go to stdout.
              "-Xlog:disable",
              "-Xlog:all=error:stderr"));
      command.addAll(library(directory));
    }
    command.addAll(List.of(instanceId, "--state-dir", directory.toString()));
    return command;
  }

  /// Returns the absolute path of the launcher that the environment names, or null if there is
  /// none.
  static @Nullable String namedLauncher(Map<String, String> environment) {
    String named = named(environment);
    try {
      return named == null || named.isEmpty()
          ? null
          : launcher(named, environment.getOrDefault("PATH", ""));
    } catch (IOException noProgram) {
      return null;
    }
  }

  private static @Nullable String named(Map<String, String> environment) {
    return System.getProperty("sexton.command", environment.get(VARIABLE));
  }

  /// Returns an absolute path that can be run. The sentinel has another working directory, and a
  /// launcher that it could not start would go unnoticed.
  private static String launcher(String named, String path) throws IOException {
    List<Path> candidates = new ArrayList<>();
    if (named.indexOf(File.separatorChar) >= 0) {
      candidates.add(Path.of(named).toAbsolutePath());
    } else {
      for (String directory : path.split(File.pathSeparator, -1)) {
        candidates.add(Path.of(directory).toAbsolutePath().resolve(named));
      }
    }
    for (Path candidate : candidates) {
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    throw new IOException(VARIABLE + " does not name a program that can be run: " + named);
  }

  /// Returns whether this JVM's options can be reused. With them, the new JVM may use its AOT
  /// cache.
  private static boolean isReusable(List<String> own) {
    int main = mainClass(own);
    int classPath = own.indexOf("-cp") + 1;
    return main > 0
        && classPath > 0
        && classPath < main
        && Path.of(own.get(classPath)).isAbsolute();
  }

  private static int mainClass(List<String> own) {
    for (int i = 0; i < own.size(); i++) {
      if (own.get(i).startsWith(COMMAND_PACKAGE)) {
        return i;
      }
    }
    return -1;
  }

  private static String java() throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    if (!Files.isExecutable(java)) {
      throw new IOException("there is no " + java + REMEDY);
    }
    return java.toString();
  }

  /// Returns the library's own jars, not the server's whole class path, and the class to run.
  private static List<String> library(Path directory) throws IOException {
    Set<String> places = new LinkedHashSet<>();
    URI own = codeSource(Reap.class);
    if (own != null && "jrt".equals(own.getScheme())) {
      return List.of(
          "--enable-native-access=dev.sexton", "-m", "dev.sexton/" + Reap.class.getName());
    }
    places.add(place(own, Reap.class, directory));
    places.add(place(codeSource(JsonObject.class), JsonObject.class, directory));
    for (ServiceLoader.Provider<ResourceProviderFactory> provider :
        ServiceLoader.load(ResourceProviderFactory.class).stream().toList()) {
      // A third party's provider may need jars that are unknown here.
      if (provider.type().getName().startsWith("dev.sexton.")) {
        places.add(place(codeSource(provider.type()), provider.type(), directory));
      }
    }
    return List.of(
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        String.join(File.pathSeparator, places),
        Reap.class.getName());
  }

  private static @Nullable URI codeSource(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    try {
      return location == null ? null : location.toURI();
    } catch (URISyntaxException odd) {
      return null;
    }
  }

  /// Returns the jar or directory that a class comes from. A jar within a jar is copied below the
  /// state directory, because another JVM cannot load it from where it is.
  private static String place(@Nullable URI source, Class<?> type, Path directory)
      throws IOException {
    Path place = null;
    String reason = "";
    if (source != null && "file".equals(source.getScheme())) {
      place = Path.of(source).toAbsolutePath();
    } else if (source != null && NestedJars.isNested(source)) {
      try {
        place = NestedJars.extract(source, directory);
      } catch (IOException | UnsupportedOperationException noCopy) {
        reason = ", of which no copy can be made: " + noCopy.getMessage();
      }
    }
    if (place != null
        && place.toString().indexOf(File.pathSeparatorChar) < 0
        && Files.exists(place)) {
      return place.toString();
    }
    throw new IOException(
        "java cannot load "
            + type.getName()
            + " from its location ("
            + source
            + ")"
            + reason
            + REMEDY);
  }
}
