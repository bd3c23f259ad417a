package dev.sexton.internal.http;

import java.net.ProtocolException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Explains why an engine cannot be reached by ssh, and what to do. ssh and the commands of the
/// engines write their messages in English, whatever the locale.
final class SshProblem {
  private static final Pattern REFUSED = Pattern.compile("Permission denied \\(([^)]*)\\)");

  private SshProblem() {}

  /// Returns the exception for a connection on which the engine gave no valid answer.
  ///
  /// @param exitCode the exit code of ssh; -1 if it is running
  /// @param errors what it has written to stderr
  /// @param cause what was wrong with the answer
  static SshException explain(
      SshDestination destination, int exitCode, String errors, ProtocolException cause) {
    String reason = ofSsh(destination, errors);
    if (reason.isEmpty()) {
      reason = ofCommand(destination, exitCode, errors);
    }
    if (reason.isEmpty()) {
      reason = other(destination, exitCode, errors, cause);
    }
    SshException exception = new SshException(reason);
    exception.initCause(cause);
    return exception;
  }

  /// Returns the exception for a machine that does not answer in time.
  static SshException silent(SshDestination destination) {
    return new SshException(silence(destination));
  }

  private static String silence(SshDestination destination) {
    return destination.host()
        + " did not answer by ssh within "
        + SshCommand.CONNECT_SECONDS
        + " s; check the network, its ssh server and its engine (\""
        + destination.commandLine()
        + " docker version\")";
  }

  /// Returns the reason of ssh itself; empty if there is none that is known.
  private static String ofSsh(SshDestination destination, String errors) {
    String host = destination.host();
    String line = destination.commandLine();
    if (errors.contains("IDENTIFICATION HAS CHANGED")) {
      return "the host key of "
          + host
          + " has changed, so this may be another machine; find out why, and only then remove the"
          + " old key with ssh-keygen -R";
    }
    if (errors.contains("Host key verification failed")) {
      return "the host key of "
          + host
          + " is not known; run \""
          + line
          + "\" once and compare the key";
    }
    Matcher refused = REFUSED.matcher(errors);
    if (refused.find()) {
      return host
          + " does not let this user in ("
          + Text.forPerson(refused.group(1))
          + "), and passwords are not asked for; set up a key, or add it to the agent, until \""
          + line
          + "\" asks for nothing";
    }
    if (errors.contains("Could not resolve hostname")) {
      return "there is no host " + host + "; correct the name, or add it to ~/.ssh/config";
    }
    if (errors.contains("Connection refused") && errors.contains("connect to host")) {
      return "no ssh server listens there ("
          + lastLine(errors)
          + "); start it, or correct the port";
    }
    return errors.contains("timed out") ? silence(destination) : "";
  }

  /// Returns the reason of the command on the other machine; empty if there is none that is known.
  private static String ofCommand(SshDestination destination, int exitCode, String errors) {
    String host = destination.host();
    String lower = errors.toLowerCase(Locale.ROOT);
    if (exitCode == 127 || lower.contains("command not found")) {
      return "neither docker nor podman is found on "
          + host
          + " ("
          + lastLine(errors)
          + "); install one, or put it on the PATH of shells that are not interactive";
    }
    if (lower.contains("is not a docker command") || lower.contains("unknown command")) {
      return "the engine's command on " + host + " is too old; update it to Docker 18.09 or newer";
    }
    if (lower.contains("permission denied")) {
      return "the user on "
          + host
          + " may not use the engine ("
          + lastLine(errors)
          + "); add the user to the group docker there";
    }
    boolean isDown =
        List.of("cannot connect to the docker daemon", "unable to connect to podman", "dial unix")
            .stream()
            .anyMatch(lower::contains);
    return isDown
        ? "the engine on " + host + " is not running (" + lastLine(errors) + "); start it there"
        : "";
  }

  private static String other(
      SshDestination destination, int exitCode, String errors, ProtocolException cause) {
    String ended =
        exitCode < 0
            ? String.valueOf(cause.getMessage())
            : "ssh ended with exit code " + exitCode + " and no answer";
    if (exitCode < 0 || String.valueOf(cause.getMessage()).startsWith("not an HTTP")) {
      return cause.getMessage()
          + "; a login on "
          + destination.host()
          + " must print nothing: check the start-up files of its shell";
    }
    String last = lastLine(errors);
    return (last.isEmpty() ? ended : last + " (" + ended + ")")
        + "; try \""
        + destination.commandLine()
        + " docker version\"";
  }

  private static String lastLine(String errors) {
    String last = errors.lines().filter(line -> !line.isBlank()).reduce("", (a, b) -> b);
    return Text.forPerson(last);
  }
}
