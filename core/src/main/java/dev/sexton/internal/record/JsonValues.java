package dev.sexton.internal.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.RecordException;
import org.jspecify.annotations.Nullable;

/// Reads single values of a record's JSON. An optional value of the wrong type counts as absent.
final class JsonValues {
  /// An upper bound of process IDs: 2³² on Windows, 2²² on Linux.
  private static final long MAX_PID = 0xFFFF_FFFFL;

  private JsonValues() {}

  /// Returns a text that must be present.
  ///
  /// @param file the file's name in messages
  /// @throws RecordException.InvalidKey if it is missing or no string
  static String text(JsonObject json, String key, Object file) throws RecordException {
    JsonElement value = json.get(key);
    if (value == null) {
      throw new RecordException.InvalidKey(file, key, "is missing");
    }
    if (!isText(value)) {
      throw new RecordException.InvalidKey(
          file, key, "is " + JsonExcerpt.of(value) + ", which is not a string");
    }
    return value.getAsString();
  }

  /// Returns a text; null if the value is absent or no string.
  static @Nullable String optionalText(JsonObject json, String key) {
    JsonElement value = json.get(key);
    return value != null && isText(value) ? value.getAsString() : null;
  }

  /// Returns an object; null if the value is absent or no object.
  static @Nullable JsonObject object(JsonObject json, String key) {
    JsonElement value = json.get(key);
    return value != null && value.isJsonObject() ? value.getAsJsonObject() : null;
  }

  /// Returns whether it is a string.
  static boolean isText(JsonElement value) {
    return value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
  }

  /// Returns whether the object has this key with the value true.
  static boolean isTrue(@Nullable JsonObject json, String key) {
    return isBoolean(json, key, true);
  }

  /// Returns whether the object has this key with the value false.
  static boolean isFalse(@Nullable JsonObject json, String key) {
    return isBoolean(json, key, false);
  }

  private static boolean isBoolean(@Nullable JsonObject json, String key, boolean expected) {
    JsonElement value = json == null ? null : json.get(key);
    return value != null
        && value.isJsonPrimitive()
        && value.getAsJsonPrimitive().isBoolean()
        && value.getAsBoolean() == expected;
  }

  /// Returns a whole number, or the default if the value is not one or too large for a long.
  static long number(@Nullable JsonElement value, long otherwise) {
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
      return otherwise;
    }
    String digits = value.getAsString();
    if (digits.length() > 19) {
      return otherwise;
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException fractionOrExponent) {
      return otherwise;
    }
  }

  /// Returns whether a number can be a process ID.
  static boolean isPid(long number) {
    return number >= 1 && number <= MAX_PID;
  }
}
