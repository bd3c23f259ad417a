package dev.sexton.kubernetes.internal.config;

import com.google.gson.JsonObject;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A cluster, a user or a context of a kubeconfig.
///
/// @param source what it is and where, such as `user "me" in /home/me/.kube/config`
/// @param directory where its relative paths start
/// @param content its keys and values
record ConfigEntry(String source, Path directory, JsonObject content) {
  /// Returns a string; null if it is missing or empty.
  @Nullable String text(String key) throws IOException {
    try {
      String value = Json.string(content, key);
      return value.isEmpty() ? null : value;
    } catch (IOException invalid) {
      throw problem(String.valueOf(invalid.getMessage()));
    }
  }

  /// Returns a string that must be there.
  String require(String key) throws IOException {
    String value = text(key);
    if (value == null) {
      throw problem(key + " is missing");
    }
    return value;
  }

  /// Returns whether a key is true.
  boolean isTrue(String key) throws IOException {
    return "true".equals(text(key));
  }

  /// Returns a file's path; null if the key is missing.
  @Nullable Path file(String key) throws IOException {
    String path = text(key);
    return path == null ? null : directory.resolve(path);
  }

  /// Returns a text in PEM, which is inline (`KEY-data`, preferred, as by kubectl) or in a file.
  ///
  /// @return null if there is neither
  Pem.@Nullable Source pem(String key) throws IOException {
    String data = text(key + "-data");
    if (data != null) {
      try {
        byte[] decoded = Base64.getDecoder().decode(data);
        return new Pem.Source(
            key + "-data of the " + source, new String(decoded, StandardCharsets.ISO_8859_1));
      } catch (IllegalArgumentException invalid) {
        throw problem(key + "-data is not in Base64");
      }
    }
    Path file = file(key);
    return file == null ? null : Pem.Source.of(file);
  }

  /// Refuses keys that are not supported, because without them something else would be meant.
  ///
  /// @param advice what to do instead
  void refuse(String key, String advice) throws IOException {
    if (content.has(key) && !content.get(key).isJsonNull() && !"false".equals(plain(key))) {
      throw problem(key + " is not supported; " + advice);
    }
  }

  private String plain(String key) {
    return content.get(key).isJsonPrimitive() ? content.get(key).getAsString() : "";
  }

  /// Returns the exception for an entry that cannot be used.
  IOException problem(String problem) {
    return new IOException("the " + source + " cannot be used: " + problem);
  }
}
