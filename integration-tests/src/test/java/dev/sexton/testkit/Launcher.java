package dev.sexton.testkit;

import dev.sexton.testsupport.Commands;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/// The `sexton` command as it is installed, with the classes under test.
public final class Launcher {
  private static final String NAME = "sexton-test";

  private Launcher() {}

  /// Installs the command below a directory, without an AOT cache, and returns the launcher.
  public static Path install(Path directory) {
    return install(directory, System.getProperty("java.class.path"));
  }

  /// Like [#install(Path)], with copies of all classes, so that every user can read them.
  public static Path installForAll(Path directory) {
    Path library = directory.resolve("library");
    Commands.run(List.of("mkdir", "-p", library.toString()));
    List<String> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path original = Path.of(entry).toAbsolutePath();
      if (Files.exists(original)) {
        Path copy = library.resolve(copies.size() + "-" + original.getFileName());
        Commands.run(List.of("cp", "-r", original.toString(), copy.toString()));
        copies.add(copy.toString());
      }
    }
    Commands.run(List.of("chmod", "-R", "a+rX", library.toString()));
    return install(directory, String.join(File.pathSeparator, copies));
  }

  private static Path install(Path directory, String classPath) {
    Path root = Path.of("..").toAbsolutePath().normalize();
    try {
      Path dist = Files.createDirectories(directory.resolve("cli/target/dist"));
      Files.createDirectories(directory.resolve(".mvn"));
      Path find = Path.of(".mvn/find-jdk.sh");
      Files.copy(root.resolve(find), directory.resolve(find));
      Files.copy(root.resolve("cli/dist/jvm.options"), dist.resolve(NAME + ".options"));
      for (String kind : List.of("registrar", "watcher", "mcp")) {
        Files.copy(
            root.resolve("cli/dist/" + kind + ".options"),
            dist.resolve(NAME + "-" + kind + ".options"));
      }
      writeJar(dist.resolve(NAME + ".jar"), classPath);
      writeJar(dist.resolve(NAME + "-mcp.jar"), classPath);
      Files.write(
          dist.resolve("current"),
          List.of(
              System.getProperty("java.home"), System.getProperty("java.runtime.version"), NAME));
      Path launcher = directory.resolve("sexton");
      Files.copy(
          root.resolve("sexton"), launcher, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      return launcher;
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }

  /// Writes a jar that contains only the class path.
  private static void writeJar(Path jar, String classPath) throws IOException {
    StringBuilder entries = new StringBuilder();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      entries.append(Path.of(entry).toAbsolutePath().toUri()).append(' ');
    }
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.CLASS_PATH, entries.toString().strip());
    attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
  }
}
