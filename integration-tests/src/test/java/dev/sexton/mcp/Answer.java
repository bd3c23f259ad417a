package dev.sexton.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Objects;

/// The answer of a tool.
///
/// @param isError whether it refused
/// @param text the text for a reader
/// @param structured the structured answer, empty if there is none
record Answer(boolean isError, String text, JsonObject structured) {
  static Answer of(JsonObject result) {
    JsonElement error = result.get("isError");
    JsonElement structured = result.get("structuredContent");
    String text =
        result.getAsJsonArray("content").get(0).getAsJsonObject().get("text").getAsString();
    return new Answer(
        error != null && error.getAsBoolean(),
        text,
        structured == null ? new JsonObject() : structured.getAsJsonObject());
  }

  /// Returns this answer, which must not be a refusal.
  Answer ok() {
    assertThat(isError).describedAs(text).isFalse();
    return this;
  }

  /// Returns why it was refused: a problem and a remedy.
  String refusal() {
    assertThat(isError).describedAs(text).isTrue();
    assertThat(text).contains(": ");
    return text;
  }

  JsonElement get(String key) {
    return Objects.requireNonNull(structured.get(key), key);
  }

  String string(String key) {
    return get(key).getAsString();
  }

  int integer(String key) {
    return get(key).getAsInt();
  }

  boolean flag(String key) {
    return get(key).getAsBoolean();
  }

  /// Returns one of the outputs of `session_output`.
  JsonObject output(String which) {
    return get(which).getAsJsonObject();
  }
}
