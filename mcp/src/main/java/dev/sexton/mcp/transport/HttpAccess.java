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

/**
 * Who may ask over HTTP. A page in a browser reaches a server on the same machine too, and by a
 * name of its own that resolves to this address it even reads the answers: hence the checks of Host
 * and Origin. Immutable.
 *
 * @param host the host that the server was bound to, as it was given
 * @param hosts further names, with or without a port, by which it may be asked
 * @param origins further origins of pages that may ask
 * @param token what a client has to show; null for nothing
 */
public record HttpAccess(
    String host, List<String> hosts, List<String> origins, @Nullable String token) {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private static final String BEARER = "bearer ";

  /** The same with a token. */
  public HttpAccess withToken(String required) {
    return new HttpAccess(host, hosts, origins, required);
  }

  /** Fails unless the request was meant for this server, by no page of somebody else's. */
  void requireOrigin(Request request) throws HttpFailure {
    String asked = request.getHeaders().get(HttpHeader.HOST);
    if (asked == null || !isHost(request, asked)) {
      throw HttpFailure.of(
          HttpStatus.MISDIRECTED_REQUEST_421,
          "this server does not go by the host " + asked,
          "an operator can allow it with --allow-host");
    }
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin != null && !isOrigin(request, origin)) {
      throw HttpFailure.of(
          HttpStatus.FORBIDDEN_403,
          "pages of " + origin + " may not ask this server",
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

  /** A host without a port is allowed with any: a proxy may stand in front. */
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

  /** Where the connection arrived: the name of no page, so no page can have been led there. */
  private static @Nullable String localAddress(Request request) {
    if (request.getConnectionMetaData().getLocalSocketAddress() instanceof InetSocketAddress local
        && local.getAddress() != null) {
      String address = local.getAddress().getHostAddress();
      return address.indexOf(':') < 0 ? address : "[" + address + "]";
    }
    return null;
  }

  /** Fails unless the client has shown the token. */
  void requireToken(Request request, Response response) throws HttpFailure {
    if (token == null) {
      return;
    }
    String given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    boolean bearer = given != null && given.toLowerCase(Locale.ROOT).startsWith(BEARER);
    // In constant time, so that the time of a refusal does not tell how much was right.
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
          bearer ? "this is not the token of this server" : "this server asks for a token",
          "send the header Authorization: Bearer TOKEN, with the token in the file that the server"
              + " named when it started, or that it was given by --token-file or SEXTON_MCP_TOKEN");
    }
  }

  /** Lets a page that may ask read the answer. */
  static void share(Request request, Response response) {
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin != null) {
      response.getHeaders().put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      response.getHeaders().put(HttpHeader.VARY, "Origin");
      response.getHeaders().put(HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS, "Mcp-Session-Id");
    }
  }

  /** Keeps the token out of whatever prints this. */
  @Override
  public String toString() {
    return "HttpAccess[host=" + host + ", hosts=" + hosts + ", origins=" + origins + "]";
  }
}
