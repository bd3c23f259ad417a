package dev.sexton.docker.internal.discovery;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The docker command's own directory: `config.json` and the contexts next to it, in the layout of
/// `cli/context/store` of docker/cli.
final class DockerConfig {
  private final Path directory;
  private final EngineHost hosts;

  DockerConfig(Path directory, EngineHost hosts) {
    this.directory = directory;
    this.hosts = hosts;
  }

  /// Returns `currentContext` of `config.json`, or null if there is none. An unreadable file counts
  /// as none, as in the docker command.
  @Nullable String currentContext() {
    Path file = directory.resolve("config.json");
    if (!Files.exists(file)) {
      return null;
    }
    try {
      return string(read(file), "currentContext");
    } catch (IOException e) {
      return null;
    }
  }

  /// Returns the engine of a context. Never fails.
  ///
  /// @param certificates the directory with the certificates for TLS if the context has none of its
  ///   own; null for no TLS
  Engine engineOf(String context, @Nullable Path certificates) {
    String source = "context " + context;
    String hash = sha256(context);
    Path meta = directory.resolve("contexts").resolve("meta").resolve(hash).resolve("meta.json");
    try {
      if (!Files.exists(meta)) {
        return unusable(source, "there is no " + meta);
      }
      JsonObject endpoint = object(object(read(meta), "Endpoints"), "docker");
      if (endpoint == null) {
        return unusable(source, meta + " names no Docker endpoint");
      }
      String host = string(endpoint, "Host");
      Path own = directory.resolve("contexts").resolve("tls").resolve(hash).resolve("docker");
      return hosts.parse(
          host == null ? "unix://" + EngineHost.DEFAULT_SOCKET : host,
          Files.exists(own) ? own : certificates,
          source);
    } catch (IOException e) {
      return unusable(source, meta + " cannot be read: " + e.getMessage());
    }
  }

  private static Engine unusable(String source, String problem) {
    return new Engine.Unusable(
        "Docker (" + source + ")", problem + "; choose another with DOCKER_CONTEXT or DOCKER_HOST");
  }

  private static JsonObject read(Path file) throws IOException {
    return Json.object(Files.readString(file, StandardCharsets.UTF_8));
  }

  private static @Nullable JsonObject object(@Nullable JsonObject parent, String key) {
    JsonElement child = parent == null ? null : parent.get(key);
    return child instanceof JsonObject object ? object : null;
  }

  /// Returns the string; null if it is missing, empty or not a string.
  private static @Nullable String string(JsonObject parent, String key) {
    JsonElement value = parent.get(key);
    if (value == null || !value.isJsonPrimitive() || value.getAsString().isBlank()) {
      return null;
    }
    return value.getAsString();
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
