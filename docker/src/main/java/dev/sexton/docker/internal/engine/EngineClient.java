package dev.sexton.docker.internal.engine;

import dev.sexton.docker.internal.http.DaemonThread;
import dev.sexton.docker.internal.http.HttpClient;
import dev.sexton.docker.internal.http.HttpResponse;
import dev.sexton.docker.internal.http.HttpStream;
import dev.sexton.docker.internal.http.OpenStreams;
import dev.sexton.docker.internal.http.Text;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Calls one engine in an API version that both sides know. Safe for use by several threads. */
final class EngineClient {
  private final String name;
  private final HttpClient http;
  private final Limits limits;

  /**
   * Null until asked. Two first callers may both ask: harmless, while one that waits for the
   * other's question would wait longer than its own limit.
   */
  private volatile @Nullable ApiVersion version;

  EngineClient(String name, HttpClient http, Limits limits) {
    this.name = name;
    this.http = http;
    this.limits = limits;
  }

  /** What a person calls the engine. */
  String name() {
    return name;
  }

  Limits limits() {
    return limits;
  }

  /**
   * A question, answered within the limit for one; whatever the status. Asked again, for as long as
   * an engine may be busy, while the engine stumbles over what is being removed.
   */
  HttpResponse get(String path) throws IOException {
    HttpResponse response = call("GET", path, limits.ask());
    long deadline = System.nanoTime() + limits.busy().toNanos();
    Backoff pause = new Backoff();
    while (isVanishing(response) && System.nanoTime() - deadline < 0) {
      pause.sleep();
      response = call("GET", path, limits.ask());
    }
    return response;
  }

  /** One call without a body. */
  HttpResponse call(String method, String path, Duration limit) throws IOException {
    return call(method, path, "", limit);
  }

  /**
   * One call.
   *
   * @param path without the version
   * @param json the body; empty for none
   * @param limit for the call itself; asking for the version, once, comes on top
   */
  HttpResponse call(String method, String path, String json, Duration limit) throws IOException {
    String target = agreed().prefix() + path;
    HttpResponse response = http.exchange(method, target, json, limit);
    if (response.status() == 400) {
      // Perhaps the engine was replaced by one that refuses this version: ask again next time.
      version = null;
    }
    return response;
  }

  /**
   * A call whose answer comes bit by bit.
   *
   * @param late whether even the beginning of the answer may take any time
   * @param streams ends it
   * @throws RefusedException if the status says no
   */
  HttpStream stream(String method, String path, boolean late, OpenStreams streams)
      throws IOException {
    HttpStream stream = http.stream(method, agreed().prefix() + path, limits.ask(), late, streams);
    if (stream.isSuccess()) {
      return stream;
    }
    try (stream) {
      HttpResponse response = stream.whole(limits.ask());
      RefusedException refusal = refusal(method + " " + path, response);
      throw isNotFound(response)
          ? new NotFoundException(String.valueOf(refusal.getMessage()))
          : refusal;
    }
  }

  /** The version that both sides know; asks for it if need be. */
  ApiVersion agreed() throws IOException {
    ApiVersion agreed = version;
    if (agreed == null) {
      agreed = negotiate();
      version = agreed;
    }
    return agreed;
  }

  /** Agrees on a version in the background, so that the first call need not. */
  void prepare() {
    try {
      DaemonThread.start(
          "sexton-docker-version",
          () -> {
            try {
              version = negotiate();
            } catch (IOException | RuntimeException unusable) {
              // The first call says so.
            }
          });
    } catch (IOException noThread) {
      return; // The first call asks for itself.
    }
  }

  private ApiVersion negotiate() throws IOException {
    HttpResponse ping = http.exchange("GET", "/_ping", limits.ask());
    String offered = ping.isSuccess() ? ping.header("Api-Version") : null;
    try {
      if (offered == null) {
        HttpResponse answer = http.exchange("GET", "/version", limits.ask());
        if (!answer.isSuccess()) {
          throw refusal("GET /version", answer);
        }
        offered = Json.string(Json.object(answer.text()), "ApiVersion");
      }
      ApiVersion theirs = ApiVersion.parse(offered);
      if (theirs.isOlderThan(ApiVersion.OLDEST)) {
        throw new IOException("its API version " + offered + " is too old; update the engine");
      }
      return theirs.isOlderThan(ApiVersion.NEWEST) ? theirs : ApiVersion.NEWEST;
    } catch (RefusedException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(name + " cannot be used: " + e.getMessage(), e);
    }
  }

  /** For an answer that makes no sense. */
  IOException nonsense(String request, IOException cause) {
    return new IOException(
        name + " answered " + request + " with what is none: " + cause.getMessage(), cause);
  }

  /** For something that was not even tried. */
  RefusedException refusal(String reason) {
    return new RefusedException(name + ": " + reason);
  }

  /** For an answer whose status says no. */
  RefusedException refusal(String request, HttpResponse response) {
    return new RefusedException(
        name + " answered " + response.status() + " to " + request + ": " + message(response));
  }

  /**
   * Whether the engine says that it has no such thing. A 404 alone does not: a proxy, or a server
   * that does not know this call, gives one too, and would have everything taken for gone.
   */
  static boolean isNotFound(HttpResponse response) {
    if (response.status() != 404) {
      return false;
    }
    String message = engineMessage(response.text());
    return !message.isEmpty() && !message.equalsIgnoreCase("page not found");
  }

  /**
   * Whether the engine stumbled over something that was removed while it looked at it. Podman 4.3
   * says so with "container … does not exist in database: no such container", and of a list, in
   * which a container was that ended just then, "read /proc/…/cgroup: no such process". Asked
   * again, it gives a 404, and the list.
   */
  private static boolean isVanishing(HttpResponse response) {
    return response.status() == 500 && engineMessage(response.text()).contains("no such ");
  }

  /** What the engine says, or whoever speaks in its place; on one line. */
  static String message(HttpResponse response) {
    String text = response.text();
    String message = engineMessage(text);
    return Text.forPerson(message.isEmpty() ? text : message);
  }

  /** Empty if it is not the engine that speaks. */
  private static String engineMessage(String body) {
    try {
      return Json.string(Json.object(body), "message");
    } catch (IOException e) {
      return "";
    }
  }
}
