package dev.sexton.docker.internal.engine;

import dev.sexton.internal.http.Backoff;
import dev.sexton.internal.http.DaemonThread;
import dev.sexton.internal.http.HttpClient;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.HttpStream;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.OpenStreams;
import dev.sexton.internal.http.Text;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Calls one engine in an API version that both sides support. Safe for use by multiple threads.
final class EngineClient {
  private final String name;
  private final HttpClient http;
  private final Limits limits;

  /// Null until negotiated. Two first callers may both negotiate, which is harmless. A caller that
  /// waited for the other's negotiation would wait longer than its own limit.
  private volatile @Nullable ApiVersion version;

  EngineClient(String name, HttpClient http, Limits limits) {
    this.name = name;
    this.http = http;
    this.limits = limits;
  }

  /// Returns the human-readable name of the engine.
  String name() {
    return name;
  }

  Limits limits() {
    return limits;
  }

  /// Sends a GET request within the limit for one, and returns the response whatever its status.
  /// While the engine fails because of something that is being removed, the request is retried, for
  /// as long as an engine may be busy.
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

  /// Sends a request without a body.
  HttpResponse call(String method, String path, Duration limit) throws IOException {
    return call(method, path, "", limit);
  }

  /// Sends a request.
  ///
  /// @param path the path without the version
  /// @param json the body; empty for none
  /// @param limit the limit for the request itself; negotiating the version, once, comes on top
  HttpResponse call(String method, String path, String json, Duration limit) throws IOException {
    String target = agreed().prefix() + path;
    HttpResponse response = http.exchange(method, target, json, limit);
    if (response.status() == 400) {
      // The engine may have been replaced by one that rejects this version. Negotiate again next
      // time.
      version = null;
    }
    return response;
  }

  /// Sends a request whose response arrives in pieces.
  ///
  /// @param late whether even the beginning of the response may take any time
  /// @param streams closes the stream
  /// @throws RefusedException if the status is not a success
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

  /// Returns the version that both sides support. Negotiates it if necessary.
  ApiVersion agreed() throws IOException {
    ApiVersion agreed = version;
    if (agreed == null) {
      agreed = negotiate();
      version = agreed;
    }
    return agreed;
  }

  /// Negotiates a version in the background, so that the first call does not need to.
  void prepare() {
    try {
      DaemonThread.start(
          "sexton-docker-version",
          () -> {
            try {
              version = negotiate();
            } catch (IOException | RuntimeException unusable) {
              // The first call reports it.
            }
          });
    } catch (IOException noThread) {
      return; // The first call negotiates by itself.
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

  /// Ends the connections that are kept for further calls.
  void close() {
    http.close();
  }

  /// Returns the exception for an invalid response.
  IOException nonsense(String request, IOException cause) {
    return new IOException(
        name + " gave an invalid answer to " + request + ": " + cause.getMessage(), cause);
  }

  /// Returns the exception for something that was not even tried.
  RefusedException refusal(String reason) {
    return new RefusedException(name + ": " + reason);
  }

  /// Returns the exception for a response whose status is not a success.
  RefusedException refusal(String request, HttpResponse response) {
    return new RefusedException(
        name + " answered " + response.status() + " to " + request + ": " + message(response));
  }

  /// Returns whether the engine reports that the resource does not exist. A 404 alone is not
  /// enough. A proxy, or a server that does not support this call, also sends one, and then
  /// everything would be considered gone.
  static boolean isNotFound(HttpResponse response) {
    if (response.status() != 404) {
      return false;
    }
    String message = engineMessage(response.text());
    return !message.isEmpty() && !message.equalsIgnoreCase("page not found");
  }

  /// Returns whether the engine failed because something was removed while it was reading it.
  /// Podman 4.3 then answers "container … does not exist in database: no such container". For a
  /// list with a container that has just ended, it answers "read /proc/…/cgroup: no such process".
  /// A retry gives a 404, and the list.
  private static boolean isVanishing(HttpResponse response) {
    return response.status() == 500 && engineMessage(response.text()).contains("no such ");
  }

  /// Returns the message of the engine, or of a server that answers in its place, on one line.
  static String message(HttpResponse response) {
    String text = response.text();
    String message = engineMessage(text);
    return Text.forPerson(message.isEmpty() ? text : message);
  }

  /// Returns the message; empty if the response does not come from the engine.
  private static String engineMessage(String body) {
    try {
      return Json.string(Json.object(body), "message");
    } catch (IOException e) {
      return "";
    }
  }
}
