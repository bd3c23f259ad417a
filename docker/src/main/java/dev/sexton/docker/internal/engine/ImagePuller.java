package dev.sexton.docker.internal.engine;

import com.google.gson.JsonObject;
import dev.sexton.internal.http.HttpStream;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.OpenStreams;
import dev.sexton.internal.http.PercentEncoding;
import dev.sexton.internal.http.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Pulls images without credentials. Has no time limit, because registries may take any time.
/// Interrupting the thread or closing the streams aborts a pull. For use by one thread.
final class ImagePuller {
  /// The maximum length of a line. A step takes about 200 bytes.
  private static final int MAX_LINE_BYTES = 64 * 1024;

  private final EngineClient client;
  private final OpenStreams streams;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private String last = "";

  ImagePuller(EngineClient client, OpenStreams streams) {
    this.client = client;
    this.streams = streams;
  }

  /// Pulls one image.
  ///
  /// @param progress receives each change
  /// @throws IOException if the image was not pulled
  void pull(ImageReference image, Consumer<String> progress) throws IOException {
    String name = image.name() + (image.version().contains(":") ? "@" : ":") + image.version();
    String path =
        "/images/create?fromImage="
            + PercentEncoding.encode(image.name())
            + "&tag="
            + PercentEncoding.encode(image.version());
    try (HttpStream stream = client.stream("POST", path, true, streams)) {
      for (ByteBuffer some = stream.next(); some.hasRemaining(); some = stream.next()) {
        while (some.hasRemaining()) {
          byte b = some.get();
          if (b != '\n') {
            append(b);
          } else {
            step(name, progress);
          }
        }
      }
      step(name, progress);
    } catch (RefusedException e) {
      throw new RefusedException("the image " + name + " was not pulled: " + e.getMessage());
    }
  }

  private void append(byte b) throws IOException {
    if (line.size() >= MAX_LINE_BYTES) {
      throw new IOException(client.name() + " reports the pull in a line that does not end");
    }
    line.write(b);
  }

  /// Processes one line. The status 200 was sent long before anything could fail, so a failure is
  /// reported in one of the lines.
  private void step(String name, Consumer<String> progress) throws IOException {
    String text = line.toString(StandardCharsets.UTF_8).strip();
    line.reset();
    if (text.isEmpty()) {
      return;
    }
    String step;
    try {
      JsonObject report = Json.object(text);
      String error = Json.string(report, "error");
      if (!error.isEmpty()) {
        throw client.refusal("it says: " + Text.forPerson(error));
      }
      step = describe(report);
    } catch (RefusedException e) {
      throw e;
    } catch (IOException e) {
      throw client.nonsense("the pull of " + name, e);
    }
    if (!step.isEmpty() && !step.equals(last)) {
      last = step;
      progress.accept(step);
    }
  }

  /// Returns a text such as `4b1e2f: Downloading 1234/56789`. Podman writes sentences.
  private static String describe(JsonObject report) throws IOException {
    String id = Json.string(report, "id");
    String status = Json.string(report, "status") + Json.string(report, "stream");
    JsonObject detail = Json.object(report, "progressDetail");
    String total = Json.string(detail, "total");
    return Text.forPerson(
        (id.isEmpty() || status.isEmpty() ? id : id + ": ")
            + status
            + (total.isEmpty() ? "" : " " + Json.string(detail, "current") + "/" + total));
  }
}
