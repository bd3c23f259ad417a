package dev.sexton.mcp.session;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A session is ready when a port of this machine takes connections, an HTTP path answers, or a
/// line of output says so. If several conditions are given, all have to hold.
///
/// @param port null if no port is checked
/// @param httpPath requested from `port`; any status below 400 counts. Null if none is checked
/// @param line text that a line of output has to contain; null if none is checked
/// @param limit the time limit
public record Readiness(
    @Nullable Integer port, @Nullable String httpPath, @Nullable String line, Duration limit)
    implements ReadinessCheck {

  /// Long enough for a connection within one machine.
  private static final Duration CONNECT = Duration.ofSeconds(1);

  /// A path may be slow to answer while a server warms up.
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /// A line that says that a server is up is no longer than this.
  private static final int LONGEST_LINE = 4096;

  private static final int NO_ANSWER = Integer.MAX_VALUE;

  /// Checks nothing.
  public static final Readiness NONE = new Readiness(null, null, null, Duration.ZERO);

  @Override
  public boolean isAsked() {
    return port != null || line != null;
  }

  @Override
  public String words() {
    if (port == null) {
      return "a line with \"" + line + '"';
    }
    String place = httpPath == null ? "port " + port : "http://localhost:" + port + httpPath;
    return line == null ? place : place + " and a line with \"" + line + '"';
  }

  @Override
  public Predicate<Session> check() {
    Lines lines = new Lines();
    return session -> (line == null || lines.contain(session, line)) && isReachable(session);
  }

  private boolean isReachable(Session session) {
    if (port == null) {
      return true;
    }
    int here = session.body().ports().getOrDefault(port, port);
    return httpPath == null ? connects(here) : status(here, httpPath) < 400;
  }

  /// Tries every address of the name, since a server may listen on only one of them.
  private static boolean connects(int port) {
    try {
      return Arrays.stream(InetAddress.getAllByName("localhost"))
          .anyMatch(address -> connects(new InetSocketAddress(address, port)));
    } catch (UnknownHostException noSuchName) {
      return false;
    }
  }

  private static boolean connects(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, (int) CONNECT.toMillis());
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  /// Returns the status with which a port of this machine answers. If it does not answer, returns a
  /// number above all statuses.
  public static int status(int port, String path) {
    if (!connects(port)) {
      return NO_ANSWER;
    }
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
              .timeout(ANSWER)
              .build();
      return client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException notYet) {
      return NO_ANSWER;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return NO_ANSWER;
    }
  }

  /// Searches what both outputs have added since the last check.
  private static final class Lines {
    private final long[] positions = new long[2];
    private final String[] carried = {"", ""};
    private boolean found;

    boolean contain(Session session, String words) {
      OutputRing[] rings = {session.stdout(), session.stderr()};
      for (int i = 0; i < rings.length && !found; i++) {
        found = isIn(rings[i], i, words);
      }
      return found;
    }

    private boolean isIn(OutputRing ring, int i, String words) {
      try {
        while (positions[i] < ring.end()) {
          OutputRing.Piece piece = ring.from(positions[i], 1 << 16);
          if (piece.next() == positions[i]) {
            return false; // Half a character, whose rest is still to come.
          }
          String text = carried[i] + piece.text();
          if (text.contains(words)) {
            return true;
          }
          carried[i] = text.substring(Math.max(0, text.length() - LONGEST_LINE));
          positions[i] = piece.next();
        }
        return false;
      } catch (IOException forgotten) {
        return false;
      }
    }
  }
}
