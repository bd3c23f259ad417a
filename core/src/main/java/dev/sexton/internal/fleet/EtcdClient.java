package dev.sexton.internal.fleet;

import com.google.gson.JsonObject;
import dev.sexton.internal.http.Address;
import dev.sexton.internal.http.HttpClient;
import dev.sexton.internal.http.HttpResponse;
import dev.sexton.internal.http.Json;
import dev.sexton.internal.http.Text;
import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sends requests to the JSON gateway of etcd (3.4 and later), and tries its members in turn. Safe
/// for use by several threads.
final class EtcdClient implements AutoCloseable {
  // Codes of gRPC, in the gateway's errors.
  private static final int INVALID_ARGUMENT = 3;
  private static final int DEADLINE_EXCEEDED = 4;
  private static final int NOT_FOUND = 5;
  private static final int PERMISSION_DENIED = 7;
  private static final int FAILED_PRECONDITION = 9;
  private static final int UNAVAILABLE = 14;
  private static final int UNAUTHENTICATED = 16;

  /// Thrown when etcd answers with an error.
  static final class Refused extends IOException {
    @Serial private static final long serialVersionUID = 1;

    private final int code;

    Refused(String message, int code) {
      super(message);
      this.code = code;
    }

    /// Returns whether something that the request names does not exist.
    boolean isNotFound() {
      return code == NOT_FOUND;
    }

    /// Returns whether the token has expired, or users or roles have changed since the login.
    boolean isTokenOld() {
      return code == UNAUTHENTICATED || String.valueOf(getMessage()).contains("auth store is old");
    }
  }

  private final List<HttpClient> members;
  private final FleetSettings settings;

  /// The member that answered last, by its position.
  private volatile int first;

  /// What etcd has given for the password; null before the first login.
  private volatile @Nullable String token;

  /// Creates a client. Does not connect.
  EtcdClient(FleetSettings settings) {
    this.settings = settings;
    this.members = settings.endpoints().stream().map(EtcdClient::member).toList();
  }

  private static HttpClient member(Address address) {
    return new HttpClient("etcd at " + address.hostHeader(), address, "etcd");
  }

  /// Sends a request to one member after the other, until one answers. A request may therefore
  /// arrive several times.
  ///
  /// @param path what follows `/v3/`
  /// @param limit the limit for each member
  /// @throws Refused if etcd answers with an error
  /// @throws IOException if no member can be reached, or none answers in time
  JsonObject call(String path, JsonObject body, Duration limit) throws IOException {
    IOException failure = null;
    int begin = first;
    for (int i = 0; i < members.size(); i++) {
      int at = (begin + i) % members.size();
      try {
        JsonObject answer = call(members.get(at), path, body, limit);
        first = at;
        return answer;
      } catch (Refused refused) {
        if (refused.code != UNAVAILABLE && refused.code != DEADLINE_EXCEEDED) {
          throw refused;
        }
        failure = first(failure, refused);
      } catch (IOException unreachable) {
        failure = first(failure, unreachable);
      }
    }
    throw failure == null ? new IOException("no endpoint of etcd is named") : failure;
  }

  private static IOException first(@Nullable IOException earlier, IOException later) {
    return earlier == null ? later : earlier;
  }

  private JsonObject call(HttpClient member, String path, JsonObject body, Duration limit)
      throws IOException {
    FleetSettings.Login login = settings.login();
    if (login == null) {
      return send(member, path, body, "", limit);
    }
    String known = token;
    if (known == null) {
      known = logIn(member, login, limit);
    }
    try {
      return send(member, path, body, known, limit);
    } catch (Refused refused) {
      if (!refused.isTokenOld()) {
        throw refused;
      }
      return send(member, path, body, logIn(member, login, limit), limit);
    }
  }

  private String logIn(HttpClient member, FleetSettings.Login login, Duration limit)
      throws IOException {
    JsonObject body = new JsonObject();
    body.addProperty("name", login.user());
    body.addProperty("password", login.password());
    String given = Json.string(send(member, "auth/authenticate", body, "", limit), "token");
    if (!given.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw new IOException("etcd gave a token with characters that no header may have");
    }
    token = given;
    return given;
  }

  private JsonObject send(
      HttpClient member, String path, JsonObject body, String authorization, Duration limit)
      throws IOException {
    HttpResponse response =
        member.exchange(
            "POST",
            "/v3/" + path,
            authorization.isEmpty() ? Map.of() : Map.of("Authorization", authorization),
            body.toString(),
            limit);
    if (!response.isSuccess()) {
      throw refused(path, response);
    }
    try {
      return Json.object(response.text());
    } catch (IOException invalid) {
      throw new IOException(
          "etcd gave no valid answer to " + path + ": " + invalid.getMessage(), invalid);
    }
  }

  private Refused refused(String path, HttpResponse response) {
    int code = 0;
    String reason = "HTTP status " + response.status();
    try {
      JsonObject error = Json.object(response.text());
      code = (int) EtcdJson.number(error, "code");
      reason = Json.string(error, "error");
    } catch (IOException notEtcd) {
      reason += ", and no error of etcd: is this its port for clients?";
    }
    return new Refused(
        "etcd refused " + path + " (" + Text.forPerson(reason) + ")" + remedy(code, reason), code);
  }

  private String remedy(int code, String reason) {
    boolean withUser = settings.login() != null;
    return switch (code) {
      case PERMISSION_DENIED ->
          ": grant the role of "
              + (withUser ? "this user" : "the user")
              + " readwrite for the prefix "
              + settings.prefix();
      case INVALID_ARGUMENT ->
          reason.contains("authentication failed")
              ? ": check SEXTON_FLEET_USER and the password file"
              : reason.contains("user name is empty")
                  ? ": set SEXTON_FLEET_USER and SEXTON_FLEET_PASSWORD_FILE"
                  : "";
      case FAILED_PRECONDITION ->
          reason.contains("authentication is not enabled")
              ? ": unset SEXTON_FLEET_USER and SEXTON_FLEET_PASSWORD_FILE, or enable it"
              : "";
      default -> "";
    };
  }

  @Override
  public void close() {
    members.forEach(HttpClient::close);
  }
}
