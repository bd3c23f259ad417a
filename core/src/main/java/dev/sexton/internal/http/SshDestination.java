package dev.sexton.internal.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A machine that is reached by ssh, with an engine on it.
///
/// @param user the user there; empty for the one that ssh chooses
/// @param host a name that ssh knows, or a literal address, IPv6 without brackets
/// @param port the port of the ssh server; 0 for the one that ssh chooses
/// @param socket the path of the engine's socket there; empty for the engine that its command uses
public record SshDestination(String user, String host, int port, String socket) {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._%:][A-Za-z0-9._%:-]*");

  /// Begins with no hyphen, which would make it an option, and has nothing that a shell could
  /// interpret: ssh passes the name to a ProxyCommand.
  private static final Pattern USER =
      Pattern.compile("[^-\\s\\p{Cntrl}'`\"$;&<>|(){}\\\\][^\\s\\p{Cntrl}'`\"$;&<>|(){}\\\\]*");

  /// A shell on the other machine reads it.
  private static final Pattern SOCKET = Pattern.compile("(/[A-Za-z0-9._@%+=:,-]+)*");

  /// Parses what follows `ssh://`: `[user@]host[:port][/path]`.
  ///
  /// @throws IllegalArgumentException if it is invalid; the message says why, and contains no
  ///   password
  public static SshDestination parse(String rest) {
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String path = slash < 0 ? "" : rest.substring(slash);
    int at = authority.lastIndexOf('@');
    String user = decode(at < 0 ? "" : authority.substring(0, at));
    String address = authority.substring(at + 1);
    // The colon of the port comes after the bracket of an IPv6 address.
    int bracket = address.lastIndexOf(']');
    int colon = address.indexOf(':', Math.max(0, bracket));
    String host = colon < 0 ? address : address.substring(0, colon);
    if (host.startsWith("[") && bracket == host.length() - 1) {
      host = host.substring(1, bracket);
    }
    return new SshDestination(
        checked(USER, user, "user name", true),
        checked(HOST, host, "host name", false),
        port(colon < 0 ? "" : address.substring(colon + 1)),
        checked(SOCKET, path.equals("/") ? "" : path, "path of a socket", true));
  }

  private static String decode(String user) {
    if (user.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "the address contains a password; remove it, and use a key");
    }
    // In the part before the host, a plus sign is no space.
    return URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String checked(Pattern pattern, String text, String what, boolean mayBeEmpty) {
    if (text.isEmpty() ? !mayBeEmpty : !pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("not a " + what + ": \"" + Text.forPerson(text) + "\"");
    }
    return text;
  }

  private static int port(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    int port = Integer.parseInt(text);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port);
    }
    return port;
  }

  /// Returns the address in the form used in `DOCKER_HOST`.
  public String text() {
    return "ssh://"
        + (user.isEmpty() ? "" : user + "@")
        + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
        + (port == 0 ? "" : ":" + port)
        + socket;
  }

  /// Returns the arguments of ssh that select the machine.
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (!user.isEmpty()) {
      arguments.addAll(List.of("-l", user));
    }
    if (port != 0) {
      arguments.addAll(List.of("-p", Integer.toString(port)));
    }
    arguments.addAll(List.of("--", host));
    return arguments;
  }

  /// Returns a command line that a person can enter to connect.
  String commandLine() {
    return "ssh "
        + (port == 0 ? "" : "-p " + port + " ")
        + (user.isEmpty() ? "" : user + "@")
        + host;
  }
}
