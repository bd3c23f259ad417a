package dev.sexton.internal.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads JSON from other programs. It is strict: everything that is not as expected is an
/// [IOException].
public final class Json {
  private Json() {}

  /// Parses the text as an object.
  public static JsonObject object(String text) throws IOException {
    if (parse(text) instanceof JsonObject object) {
      return object;
    }
    throw new IOException("not a JSON object");
  }

  /// Parses the text as an array.
  public static JsonArray array(String text) throws IOException {
    if (parse(text) instanceof JsonArray array) {
      return array;
    }
    throw new IOException("not a JSON array");
  }

  /// Parses the text as any value.
  public static JsonElement parse(String text) throws IOException {
    try (JsonReader reader = new JsonReader(new StringReader(text))) {
      // By default, Gson accepts a web page as a string.
      reader.setStrictness(Strictness.STRICT);
      JsonElement element = JsonParser.parseReader(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new IOException("there is content after the JSON");
      }
      return element;
    } catch (JsonParseException | NumberFormatException e) {
      // Gson's message has two lines, with advice on Gson.
      throw new IOException("not valid JSON", e);
    }
  }

  /// Returns the value, or null if it is missing or null.
  public static @Nullable JsonElement get(JsonObject parent, String key) {
    JsonElement value = parent.get(key);
    return value == null || value.isJsonNull() ? null : value;
  }

  /// Returns the string; empty if it is missing or null.
  public static String string(JsonObject parent, String key) throws IOException {
    JsonElement value = get(parent, key);
    if (value == null) {
      return "";
    }
    if (!value.isJsonPrimitive()) {
      throw new IOException(key + " is not a string");
    }
    return value.getAsString();
  }

  /// Returns the object; empty if it is missing or null.
  public static JsonObject object(JsonObject parent, String key) throws IOException {
    JsonElement value = get(parent, key);
    if (value == null) {
      return new JsonObject();
    }
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new IOException(key + " is not an object");
  }

  /// Returns the array; empty if it is missing or null.
  public static JsonArray array(JsonObject parent, String key) throws IOException {
    JsonElement value = get(parent, key);
    if (value == null) {
      return new JsonArray();
    }
    if (value instanceof JsonArray array) {
      return array;
    }
    throw new IOException(key + " is not an array");
  }

  /// Returns a map of strings, with null values as empty strings.
  public static Map<String, String> strings(JsonObject parent, String key) throws IOException {
    Map<String, String> strings = new HashMap<>();
    for (Map.Entry<String, JsonElement> entry : object(parent, key).entrySet()) {
      JsonElement value = entry.getValue();
      if (!value.isJsonPrimitive() && !value.isJsonNull()) {
        throw new IOException(key + " has a value that is not a string: " + entry.getKey());
      }
      strings.put(entry.getKey(), value.isJsonNull() ? "" : value.getAsString());
    }
    return strings;
  }
}
