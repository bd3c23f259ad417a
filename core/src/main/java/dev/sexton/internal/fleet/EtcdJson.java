package dev.sexton.internal.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.internal.http.Json;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;

/// Parts of requests and answers of etcd's JSON gateway. It writes bytes in base64, and numbers of
/// 64 bits as strings; what is 0, false or empty is missing.
final class EtcdJson {
  private EtcdJson() {}

  /// Returns an object with one key.
  static JsonObject object(String key, JsonElement value) {
    JsonObject object = new JsonObject();
    object.add(key, value);
    return object;
  }

  /// Returns a transaction.
  ///
  /// @param conditions all of which must be met
  /// @param operations what is done then; nothing is done otherwise
  static JsonObject transaction(JsonArray conditions, JsonArray operations) {
    JsonObject transaction = object("compare", conditions);
    transaction.add("success", operations);
    return transaction;
  }

  /// Returns the condition that an attribute of a key has a value.
  ///
  /// @param attribute `version` or `mod_revision`
  /// @param result `EQUAL` or `GREATER`
  static JsonObject condition(String key, String attribute, String result, long value) {
    JsonObject condition = key(key);
    condition.addProperty("target", attribute.equals("version") ? "VERSION" : "MOD");
    condition.addProperty("result", result);
    condition.addProperty(attribute, Long.toString(value));
    return condition;
  }

  /// Returns an operation on one key.
  static JsonObject key(String key) {
    JsonObject operation = new JsonObject();
    operation.addProperty("key", base64(key));
    return operation;
  }

  /// Returns an operation on every key with a prefix of ASCII.
  static JsonObject prefix(String prefix) {
    byte[] end = prefix.getBytes(UTF_8);
    end[end.length - 1]++;
    JsonObject operation = key(prefix);
    operation.addProperty("range_end", Base64.getEncoder().encodeToString(end));
    return operation;
  }

  /// Returns the operation that writes a key.
  static JsonObject put(String key, String value) {
    JsonObject put = key(key);
    put.addProperty("value", base64(value));
    return put;
  }

  /// Returns an array of these elements.
  static JsonArray array(JsonObject... elements) {
    JsonArray array = new JsonArray();
    Arrays.stream(elements).forEach(array::add);
    return array;
  }

  /// Returns a number; 0 if it is missing.
  static long number(JsonObject parent, String key) throws IOException {
    String text = Json.string(parent, key);
    try {
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (NumberFormatException invalid) {
      throw new IOException("etcd's answer has a " + key + " that is not a number", invalid);
    }
  }

  /// Returns the text whose UTF-8 is given in base64.
  static String text(JsonObject parent, String key) throws IOException {
    try {
      return new String(Base64.getDecoder().decode(Json.string(parent, key)), UTF_8);
    } catch (IllegalArgumentException invalid) {
      throw new IOException("etcd's answer has a " + key + " that is not in base64", invalid);
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
