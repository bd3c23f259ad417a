package dev.sexton.kubernetes.internal.config;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.Json;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The files that make up the kubeconfig, in the order of `KUBECONFIG`. As for kubectl, the first
/// file that has an entry decides.
///
/// @param files the files that exist, with their content
record ConfigFiles(List<ConfigFile> files) {
  /// A file. The largest kubeconfigs have some hundred clusters with a few kilobytes each.
  private static final long MAX_BYTES = 8L * 1024 * 1024;

  /// A file of the kubeconfig.
  ///
  /// @param path its path; relative paths in it start at its directory
  /// @param content its content
  private record ConfigFile(Path path, JsonObject content) {}

  /// Reads the files.
  ///
  /// @throws IOException if there is none, or one cannot be read; the message names it
  static ConfigFiles read(Map<String, String> environment) throws IOException {
    List<Path> paths = paths(environment);
    List<ConfigFile> files = new ArrayList<>();
    for (Path path : paths) {
      if (Files.exists(path)) {
        if (Files.size(path) > MAX_BYTES) {
          throw new IOException(path + " is too large for a kubeconfig");
        }
        String text = Files.readString(path, StandardCharsets.UTF_8);
        files.add(new ConfigFile(path, Yaml.parse(text, path.toString())));
      }
    }
    if (files.isEmpty()) {
      String tried = String.join(", ", paths.stream().map(Path::toString).toList());
      throw new IOException("there is no kubeconfig at " + tried + "; set KUBECONFIG");
    }
    return new ConfigFiles(List.copyOf(files));
  }

  private static List<Path> paths(Map<String, String> environment) {
    String named = environment.getOrDefault("KUBECONFIG", "");
    List<Path> paths = new ArrayList<>();
    for (String one : named.split(File.pathSeparator, -1)) {
      if (!one.isBlank()) {
        paths.add(Path.of(one).toAbsolutePath());
      }
    }
    if (paths.isEmpty()) {
      String home = environment.getOrDefault("HOME", "");
      paths.add(
          Path.of(home.isEmpty() ? System.getProperty("user.home", "") : home, ".kube/config"));
    }
    return paths;
  }

  /// Returns an entry, such as the context with a name.
  ///
  /// @param list the list in which it is, such as `contexts`
  /// @param key the key of its content, such as `context`
  /// @throws IOException if there is none; the message lists those that there are
  ConfigEntry find(String list, String key, String name) throws IOException {
    List<String> known = new ArrayList<>();
    for (ConfigFile file : files) {
      try {
        for (JsonElement element : Json.array(file.content(), list)) {
          if (element instanceof JsonObject entry) {
            known.add(Json.string(entry, "name"));
            if (known.getLast().equals(name)) {
              return entry(file, key, name, entry);
            }
          }
        }
      } catch (IOException invalid) {
        throw new IOException(file.path() + ": " + invalid.getMessage(), invalid);
      }
    }
    throw new IOException(
        "there is no "
            + key
            + " \""
            + name
            + "\" in the kubeconfig, only: "
            + String.join(", ", known));
  }

  private static ConfigEntry entry(ConfigFile file, String key, String name, JsonObject entry)
      throws IOException {
    @Nullable Path directory = file.path().getParent();
    return new ConfigEntry(
        key + " \"" + name + "\" in " + file.path(),
        directory == null ? file.path() : directory,
        Json.object(entry, key));
  }
}
