package dev.sexton.docker.internal.engine;

import com.google.gson.JsonObject;
import dev.sexton.docker.internal.http.HttpResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The labels that images carry themselves and hand down to every container that is made from them.
/// An image is asked for once: its ID is the hash of what it says. Safe for use by several threads.
final class ImageLabels {
  /// What an engine calls an image, with or without the name of the hash. Nothing in it needs to be
  /// encoded, and no name that somebody can give to another image looks like it.
  private static final Pattern ID = Pattern.compile("([a-z0-9]{3,16}:)?[0-9a-f]{64,128}");

  /// So many images are remembered; a watcher runs for months.
  private static final int MOST = 10_000;

  /// What is known of an image: its labels, or that it is gone, or why it cannot be asked for.
  private record Known(@Nullable Map<String, String> labels, @Nullable IOException failure) {}

  private final EngineClient client;
  private final Map<String, Known> images = new ConcurrentHashMap<>();
  private volatile @Nullable IOException silent;

  ImageLabels(EngineClient client) {
    this.client = client;
  }

  /// Forgets what failed. Between two lists no image is asked for twice, and none at all once the
  /// engine did not answer: a thousand containers must not wait a thousand times.
  void askAgain() {
    silent = null;
    images.values().removeIf(known -> known.labels() == null);
    if (images.size() > MOST) {
      images.clear();
    }
  }

  /// The labels of an image; null if the engine has no such image any more.
  ///
  /// @throws IOException if the engine cannot be asked, or its answer is none
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
      return new Known(null, refused); // The next image may be another matter.
    } catch (IOException failed) {
      silent = failed;
      return new Known(null, failed);
    }
  }

  private @Nullable Map<String, String> look(String image) throws IOException {
    if (!ID.matcher(image).matches()) {
      throw client.refusal("a container does not say from which image it was made");
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
        throw new IOException("it says nothing of the image's configuration");
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
