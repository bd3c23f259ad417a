package dev.sexton.mcp.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/// The rules for who may send requests over HTTP. A page in a browser can also reach a server on
/// the same machine. With its own host name that resolves to this address, it can even read the
/// answers. The checks of Host and Origin prevent this. Immutable.
///
/// @param host the host that the server was bound to, as it was given
/// @param hosts additional host names for this server, with or without a port
/// @param origins additional origins of pages that may send requests
/// @param token what a client has to present; null for nothing
public record HttpAccess(
    String host, List<String> hosts, List<String> origins, @Nullable String token) {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private static final String BEARER = "bearer ";

  /// Returns a copy with a token.
  public HttpAccess withToken(String required) {
    return new HttpAccess(host, hosts, origins, required);
  }

  /// Fails unless the request was meant for this server and comes from no foreign page.
  void requireOrigin(Request request) throws HttpFailure {
    String asked = request.getHeaders().get(HttpHeader.HOST);
    if (asked == null || !isHost(request, asked)) {
      throw HttpFailure.of(
          HttpStatus.MISDIRECTED_REQUEST_421,
          "this server does not accept the host " + asked,
          "an operator can allow it with --allow-host");
    }
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin != null && !isOrigin(request, origin)) {
      throw HttpFailure.of(
          HttpStatus.FORBIDDEN_403,
          "requests from pages of " + origin + " are not allowed",
          "an operator can allow them with --allow-origin");
    }
  }

  private boolean isOrigin(Request request, String origin) {
    if (origins.contains(origin)) {
      return true;
    }
    try {
      URI uri = URI.create(origin);
      return uri.getAuthority() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && isHost(request, uri.getAuthority());
    } catch (IllegalArgumentException noUri) {
      return false;
    }
  }

  /// Allows a host without a port on any port, since a proxy may stand in front.
  private boolean isHost(Request request, String authority) {
    String given = authority.toLowerCase(Locale.ROOT);
    int colon = given.lastIndexOf(':');
    boolean hasPort = colon > given.lastIndexOf(']');
    String name = hasPort ? given.substring(0, colon) : given;
    String port = hasPort ? given.substring(colon + 1) : "80";
    if (hosts.stream()
        .anyMatch(host -> host.equalsIgnoreCase(given) || host.equalsIgnoreCase(name))) {
      return true;
    }
    return port.equals(String.valueOf(Request.getLocalPort(request)))
        && (LOOPBACK.contains(name)
            || name.equalsIgnoreCase(host)
            || name.equals(localAddress(request)));
  }

  /// Returns the address at which the connection arrived. No page has it as its name, so no page
  /// can have been led there.
  private static @Nullable String localAddress(Request request) {
    if (request.getConnectionMetaData().getLocalSocketAddress() instanceof InetSocketAddress local
        && local.getAddress() != null) {
      String address = local.getAddress().getHostAddress();
      return address.indexOf(':') < 0 ? address : "[" + address + "]";
    }
    return null;
  }

  /// Fails unless the client has presented the token.
  void requireToken(Request request, Response response) throws HttpFailure {
    if (token == null) {
      return;
    }
    String given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    boolean bearer = given != null && given.toLowerCase(Locale.ROOT).startsWith(BEARER);
    // In constant time, so that the time of a refusal does not reveal how much was right.
    if (!bearer
        || !MessageDigest.isEqual(
            token.getBytes(UTF_8), given.substring(BEARER.length()).strip().getBytes(UTF_8))) {
      response
          .getHeaders()
          .put(
              HttpHeader.WWW_AUTHENTICATE,
              bearer
                  ? "Bearer realm=\"sexton\", error=\"invalid_token\""
                  : "Bearer realm=\"sexton\"");
      throw HttpFailure.of(
          HttpStatus.UNAUTHORIZED_401,
          bearer ? "the token is wrong" : "a token is required",
          "send the header Authorization: Bearer TOKEN, with the token from the file that the"
              + " server"
              + " named at its start, or from --token-file or SEXTON_MCP_TOKEN");
    }
  }

  /// Lets a permitted page read the answer.
  static void share(Request request, Response response) {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin != null) {
      response.getHeaders().put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      response.getHeaders().put(HttpHeader.VARY, "Origin");
      response.getHeaders().put(HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS, "Mcp-Session-Id");
    }
  }

  /// Omits the token, so that it is never printed.
  @Override
  public String toString() {
    return "HttpAccess[host=" + host + ", hosts=" + hosts + ", origins=" + origins + "]";
  }
}
