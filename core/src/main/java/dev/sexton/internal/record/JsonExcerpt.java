package dev.sexton.internal.record;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonIOException;
import java.io.IOException;
import java.io.Writer;

/// The beginning of a JSON value, for an error message.
final class JsonExcerpt {
  /// The number of characters that a message shows.
  private static final int LENGTH = 40;

  private JsonExcerpt() {}

  /// Returns the beginning of a value without creating its whole text.
  static String of(JsonElement value) {
    StringBuilder text = new StringBuilder();
    try {
      new GsonBuilder()
          .serializeNulls()
          .disableHtmlEscaping()
          .create()
          .toJson(value, new Beginning(text));
    } catch (JsonIOException cutOff) {
      return StrictJson.printable(text.substring(0, LENGTH) + "…");
    }
    return StrictJson.printable(text.toString());
  }

  /// Accepts slightly more than is shown, and then fails.
  private static final class Beginning extends Writer {
    private final StringBuilder text;

    Beginning(StringBuilder text) {
      this.text = text;
    }

    @Override
    public void write(String from, int offset, int length) throws IOException {
      text.append(from, offset, offset + Math.min(length, LENGTH + 1));
      if (text.length() > LENGTH) {
        throw new IOException("enough");
      }
    }

    @Override
    public void write(char[] buffer, int offset, int length) throws IOException {
      text.append(buffer, offset, Math.min(length, LENGTH + 1));
      if (text.length() > LENGTH) {
        throw new IOException("enough");
      }
    }

    @Override
    public void flush() {
      // Nothing is buffered.
    }

    @Override
    public void close() {
      // There is nothing to close.
    }
  }
}
