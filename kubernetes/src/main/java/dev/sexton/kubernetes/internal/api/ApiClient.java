package dev.sexton.kubernetes.internal.api;

import com.google.gson.JsonObject;
import dev.sexton.internal.http.HttpClient;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.HttpStream;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.OpenStreams;
import dev.sexton.internal.http.Text;
import dev.sexton.kubernetes.internal.config.ClusterAccess;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// Calls one cluster. Safe for use by multiple threads.
public final class ApiClient {
  /// The usual form of a response.
  static final String JSON = "application/json";

  private final String name;
  private final ClusterAccess access;
  private final HttpClient http;
  private final Limits limits;

  /// Creates the client. Does not connect.
  ///
  /// @param name the human-readable name of the place
  public ApiClient(String name, ClusterAccess access, Limits limits) {
    this.name = name;
    this.access = access;
    this.http = new HttpClient(name, access.address(), "API server");
    this.limits = limits;
  }

  Limits limits() {
    return limits;
  }

  /// Sends a GET request, and returns the response whatever its status.
  HttpResponse get(String path) throws IOException {
    return call("GET", path, "", JSON);
  }

  /// Sends a request, and returns the response whatever its status. If the cluster refuses
  /// credentials that can be renewed, they are renewed once.
  ///
  /// @param json the body; empty for none
  /// @param accept the wanted form of the response
  HttpResponse call(String method, String path, String json, String accept) throws IOException {
    HttpResponse response = send(method, path, json, accept);
    if (response.status() == 401 && access.credentials().renew()) {
      response = send(method, path, json, accept);
    }
    return response;
  }

  /// Sends a GET request whose response arrives in pieces, and returns it whatever its status. If
  /// the cluster refuses credentials that can be renewed, they are renewed once.
  ///
  /// @param streams closes the stream
  HttpStream follow(String path, OpenStreams streams) throws IOException {
    HttpStream stream = open(path, streams);
    if (stream.status() == 401 && access.credentials().renew()) {
      stream.close();
      stream = open(path, streams);
    }
    return stream;
  }

  private HttpStream open(String path, OpenStreams streams) throws IOException {
    return http.follow(access.prefix() + path, headers("*/*"), limits.ask(), streams);
  }

  private HttpResponse send(String method, String path, String json, String accept)
      throws IOException {
    return http.exchange(method, access.prefix() + path, headers(accept), json, limits.ask());
  }

  private Map<String, String> headers(String accept) throws IOException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Accept", accept);
    String token;
    try {
      token = access.credentials().token();
    } catch (IOException missing) {
      throw new IOException(name + " cannot be asked: " + missing.getMessage(), missing);
    }
    if (token != null) {
      headers.put("Authorization", "Bearer " + token);
    }
    return headers;
  }

  /// Returns the object in a response.
  ///
  /// @throws IOException if the request failed, or the response is not an object
  JsonObject object(String request, HttpResponse response) throws IOException {
    if (!response.isSuccess()) {
      throw refusal(request, response);
    }
    try {
      return Json.object(response.text());
    } catch (IOException invalid) {
      throw nonsense(request, invalid);
    }
  }

  /// Returns the metadata of the object in a response.
  ///
  /// @throws IOException if the request failed, or the response is not an object with metadata
  Metadata metadata(String request, HttpResponse response) throws IOException {
    JsonObject object = object(request, response);
    try {
      return Metadata.of(object);
    } catch (IOException invalid) {
      throw nonsense(request, invalid);
    }
  }

  /// Returns the exception for an invalid response.
  IOException nonsense(String request, IOException cause) {
    return new IOException(
        name + " gave an invalid answer to " + request + ": " + cause.getMessage(), cause);
  }

  /// Returns the exception for something that the cluster did not do.
  IOException failure(String problem) {
    return new IOException(name + ": " + problem);
  }

  /// Returns the exception for a response whose status is not a success.
  ///
  /// @param request what was asked for, such as `list pods`
  IOException refusal(String request, HttpResponse response) {
    String message = message(response);
    return switch (response.status()) {
      case 401 ->
          new IOException(
              name
                  + " refuses "
                  + access.credentials().source()
                  + " (401): log in again, or correct the kubeconfig");
      case 403 -> new IOException(name + " does not permit to " + request + " (403): " + message);
      default ->
          new IOException(
              name + " answered " + response.status() + " to " + request + ": " + message);
    };
  }

  /// Returns whether the cluster reports that an object does not exist. A 404 alone is not enough:
  /// proxies send one, too, and so does an API server that does not know the kind.
  static boolean isNotFound(HttpResponse response, String object) {
    if (response.status() != 404) {
      return false;
    }
    try {
      JsonObject status = Json.object(response.text());
      return Json.string(status, "kind").equals("Status")
          && Json.string(status, "reason").equals("NotFound")
          && Json.string(Json.object(status, "details"), "name").equals(object);
    } catch (IOException notKubernetes) {
      return false;
    }
  }

  private static String message(HttpResponse response) {
    String text = response.text();
    try {
      return Text.forPerson(Json.string(Json.object(text), "message"));
    } catch (IOException notKubernetes) {
      return Text.forPerson(text);
    }
  }
}
