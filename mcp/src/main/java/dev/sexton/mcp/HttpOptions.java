package dev.sexton.mcp;

import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.output.CommandException;
import dev.sexton.mcp.transport.HttpAccess;
import dev.sexton.mcp.transport.HttpLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The command line options for serving over HTTP. Immutable.
///
/// @param address the address to listen on
/// @param access the rules for who may send requests
/// @param limits the limits on what clients may use
/// @param tokenFile the file that holds the token of `access`; null if there is none
/// @param needsToken whether a token has to be generated because none was given and none was
///   declined
record HttpOptions(
    InetSocketAddress address,
    HttpAccess access,
    HttpLimits limits,
    @Nullable Path tokenFile,
    boolean needsToken) {
  private static final String HTTP = "http";
  private static final String NO_TOKEN = "no-token";

  /// The options, all of which are for HTTP only.
  static final List<OptionSpec> SPECS =
      List.of(
          OptionSpec.value(
              HTTP,
              "[HOST:]PORT",
              "serve at http://HOST:PORT/mcp until SIGTERM; HOST is 127.0.0.1 by default, PORT 0"
                  + " takes a free port"),
          OptionSpec.value(
              "token-file",
              "FILE",
              "the token that clients send as Authorization: Bearer (also SEXTON_MCP_TOKEN;"
                  + " default:"
                  + " a new token in a file whose name is printed at the start)"),
          OptionSpec.flag(
              NO_TOKEN,
              "require no token: every user of this machine can then start programs as you; allowed"
                  + " on a loopback address only"),
          OptionSpec.value(
                  "allow-host", "HOST", "another host name that clients may use, such as a proxy's")
              .repeatable(),
          OptionSpec.value("allow-origin", "ORIGIN", "a site whose pages may send requests")
              .repeatable(),
          OptionSpec.value("max-clients", "N", "maximum number of clients (default 64)"),
          OptionSpec.value(
              "client-idle",
              "TIME",
              "time without a request or an open stream after which a client counts as gone and"
                  + " what it started is stopped (default 10m)"),
          OptionSpec.value("request-bytes", "N", "maximum size of a request (default 1048576)"),
          OptionSpec.value(
              "requests-per-second", "N", "maximum rate of all clients together (default 1000)"));

  private static final String TOKEN = "SEXTON_MCP_TOKEN";
  private static final int TOKEN_LENGTH = 16;

  /// As many clients as sessions, since each client has at least one session of its own.
  private static final int MAX_CLIENTS = 64;

  /// Longer than a model thinks. A client that listens, as most do, is never idle.
  private static final Duration CLIENT_IDLE = Duration.ofMinutes(10);

  private static final int REQUEST_BYTES = 1 << 20;
  private static final int REQUESTS_PER_SECOND = 1000;

  /// Ample time for a program, which sends a request in one go.
  private static final Duration SLOW = Duration.ofSeconds(10);

  /// Longer than the 30 s for which the JDK's client keeps a connection, so that the client is the
  /// one that closes it.
  private static final Duration IDLE = Duration.ofSeconds(60);

  /// Reads the options. Returns null if `--http` is not given.
  static @Nullable HttpOptions read(Map<String, String> environment, Arguments arguments)
      throws CommandException {
    String given = arguments.one(HTTP);
    if (given == null) {
      requireNone(arguments);
      return null;
    }
    int colon = given.lastIndexOf(':');
    String host = colon < 0 ? "127.0.0.1" : given.substring(0, colon);
    int port = number("http", given.substring(colon + 1), 0, 65535);
    InetAddress address = address(host);
    String tokenFile = arguments.one("token-file");
    String token = token(environment, tokenFile);
    boolean none = arguments.has(NO_TOKEN);
    if (none && token != null) {
      throw CommandException.usage(
          "--no-token and a token exclude each other", "omit --no-token or the token");
    }
    if (none && !address.isLoopbackAddress()) {
      throw CommandException.usage(
          "without a token, everybody who can reach "
              + host
              + " could start programs on this machine",
          "omit --no-token");
    }
    return new HttpOptions(
        new InetSocketAddress(address, port),
        new HttpAccess(host, arguments.all("allow-host"), arguments.all("allow-origin"), token),
        new HttpLimits(
            number(arguments, "max-clients", MAX_CLIENTS, 10_000),
            idle(arguments),
            number(arguments, "request-bytes", REQUEST_BYTES, 1 << 24),
            number(arguments, "requests-per-second", REQUESTS_PER_SECOND, 1_000_000),
            new HttpLimits.Timeouts(SLOW, IDLE)),
        tokenFile == null ? null : Path.of(tokenFile).toAbsolutePath(),
        token == null && !none);
  }

  /// Returns a copy with the generated token.
  HttpOptions with(TokenFile made) {
    return new HttpOptions(address, access.withToken(made.token()), limits, made.path(), false);
  }

  /// Rejects HTTP options without `--http`. A limit that is not enforced would be worse than none.
  private static void requireNone(Arguments arguments) throws CommandException {
    for (OptionSpec spec : SPECS) {
      String option = spec.name();
      if (arguments.has(option)) {
        throw CommandException.usage(
            "--" + option + " is only for HTTP", "add --http [HOST:]PORT, or omit it");
      }
    }
  }

  private static InetAddress address(String host) throws CommandException {
    try {
      if (!host.isEmpty() && (host.startsWith("[") || host.indexOf(':') < 0)) {
        return InetAddress.getByName(host);
      }
    } catch (UnknownHostException unknown) {
      // Reported below.
    }
    throw CommandException.usage(
        "--http does not name a host: " + host, "write PORT, 127.0.0.1:PORT or [::1]:PORT");
  }

  private static @Nullable String token(Map<String, String> environment, @Nullable String file)
      throws CommandException {
    String token = file == null ? environment.get(TOKEN) : content(file);
    String place = file == null ? TOKEN : "--token-file " + file;
    if (token == null || (file == null && token.isEmpty())) {
      return null;
    }
    if (token.length() < TOKEN_LENGTH || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw CommandException.usage(
          place + " is not a valid token",
          "use at least " + TOKEN_LENGTH + " visible ASCII characters without spaces");
    }
    return token;
  }

  private static String content(String file) throws CommandException {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException | InvalidPathException unreadable) {
      throw CommandException.usage(
          "--token-file " + file + " cannot be read (" + unreadable.getMessage() + ")",
          "check the path and its permissions");
    }
  }

  private static Duration idle(Arguments arguments) throws CommandException {
    Duration idle = arguments.duration("client-idle", CLIENT_IDLE);
    if (idle.isZero()) {
      throw CommandException.usage("--client-idle is zero", "write 10m, or 10000d for no limit");
    }
    return idle;
  }

  private static int number(Arguments arguments, String option, int otherwise, int most)
      throws CommandException {
    String given = arguments.one(option);
    return given == null ? otherwise : number(option, given, 1, most);
  }

  private static int number(String option, String text, int least, int most)
      throws CommandException {
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException noNumber) {
      // Reported below.
    }
    throw CommandException.usage(
        "--" + option + " is " + text, "write a number from " + least + " to " + most);
  }
}
