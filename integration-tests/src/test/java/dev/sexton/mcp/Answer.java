package dev.sexton.mcp;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sexton.testsupport.Await;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

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

  /// Waits for a result, and says what is in `errors` if none comes.
  static JsonObject await(CompletableFuture<JsonObject> result, Supplier<String> errors) {
    try {
      return result.get(Await.LIMIT.toSeconds(), SECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new AssertionError("no answer; the server says: " + errors.get(), failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }

  /// Returns the parameters of `initialize` for a client of this name.
  static Map<String, ?> handshake(String client) {
    return Map.of(
        "protocolVersion",
        "2025-06-18",
        "capabilities",
        Map.of(),
        "clientInfo",
        Map.of("name", client, "version", "1"));
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
