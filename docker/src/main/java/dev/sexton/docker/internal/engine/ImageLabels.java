package dev.sexton.docker.internal.engine;

import com.google.gson.JsonObject;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.Json;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The labels of images, which every container that is created from them inherits. An image is
/// requested once, because its ID is the hash of its content. Safe for use by multiple threads.
final class ImageLabels {
  /// An engine's ID of an image, with or without the name of the hash. It needs no encoding, and no
  /// name that can be given to another image looks like it.
  private static final Pattern ID = Pattern.compile("([a-z0-9]{3,16}:)?[0-9a-f]{64,128}");

  /// The maximum number of cached images. A watcher runs for months.
  private static final int MOST = 10_000;

  /// What is known of an image: its labels, or that it is gone, or why it cannot be requested.
  private record Known(@Nullable Map<String, String> labels, @Nullable IOException failure) {}

  private final EngineClient client;
  private final Map<String, Known> images = new ConcurrentHashMap<>();
  private volatile @Nullable IOException silent;

  ImageLabels(EngineClient client) {
    this.client = client;
  }

  /// Forgets failures. Between two lists no image is requested twice. Once the engine has not
  /// answered, none is requested at all, so that a thousand containers do not wait a thousand
  /// times.
  void askAgain() {
    silent = null;
    images.values().removeIf(known -> known.labels() == null);
    if (images.size() > MOST) {
      images.clear();
    }
  }

  /// Returns the labels of an image, or null if the engine no longer has the image.
  ///
  /// @throws IOException if the engine cannot be asked or its response is invalid
  @Nullable Map<String, String> of(String image) throws IOException {
    Known known = images.get(image);
    if (known == null) {
      known = ask(image);
      images.put(image, known);
    }
    if (known.failure() != null) {
      throw known.failure();
    }
    return known.labels();
  }

  private Known ask(String image) {
    IOException before = silent;
    if (before != null) {
      return new Known(null, before);
    }
    try {
      return new Known(look(image), null);
    } catch (RefusedException refused) {
      return new Known(null, refused); // The next image may succeed.
    } catch (IOException failed) {
      silent = failed;
      return new Known(null, failed);
    }
  }

  private @Nullable Map<String, String> look(String image) throws IOException {
    if (!ID.matcher(image).matches()) {
      throw client.refusal("a container does not name the image it was created from");
    }
    String path = "/images/" + image + "/json";
    HttpResponse response = client.get(path);
    if (EngineClient.isNotFound(response)) {
      return null;
    }
    if (!response.isSuccess()) {
      throw client.refusal("GET " + path, response);
    }
    try {
      JsonObject description = Json.object(response.text());
      if (!hash(Json.string(description, "Id")).equals(hash(image))) {
        throw new IOException("it describes another image");
      }
      if (!description.has("Config")) {
        throw new IOException("it does not have the image's configuration");
      }
      return Map.copyOf(Json.strings(Json.object(description, "Config"), "Labels"));
    } catch (IOException e) {
      throw client.nonsense("GET " + path, e);
    }
  }

  private static String hash(String id) {
    return id.substring(id.indexOf(':') + 1);
  }
}
