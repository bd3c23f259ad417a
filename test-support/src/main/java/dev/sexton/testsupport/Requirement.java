package dev.sexton.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// What a test needs that not every machine has.
///
/// Without it, the test is skipped. It fails instead if `SEXTON_REQUIRE_` and the name of the
/// requirement is 1 in the environment, as in the gate.
public enum Requirement {
  /// A container engine, and the docker command.
  ENGINE,
  /// Podman.
  PODMAN,
  /// An ssh server.
  SSH,
  /// Debian's etcd.
  ETCD,
  /// etcd, and what `integration-tests/kubernetes/build` builds.
  KUBERNETES,
  /// The user root, with the rights of the machine's root.
  ROOT,
  /// Node.
  NODE,
  /// The original, and other servers in Python from PyPI.
  ORIGINAL,
  /// The SDKs from npm and PyPI.
  SDKS,
  /// zsh, fish and groff.
  SHELLS;

  /// Skips or fails the test unless it runs as root.
  public static void root() {
    ROOT.check("root".equals(System.getProperty("user.name")), "needs root");
  }

  /// Skips or fails the test unless the requirement is met.
  ///
  /// @param what what is missing otherwise
  public void check(boolean met, String what) {
    if (!met) {
      throw missing(what, null);
    }
  }

  /// Returns what could be installed or found, or skips or fails the test.
  ///
  /// @param what what is missing otherwise
  public <T> T get(String what, Callable<T> supplier) {
    try {
      return supplier.call();
    } catch (Commands.Failed | UncheckedIOException | IOException missing) {
      throw missing(what, missing);
    } catch (RuntimeException | Error unexpected) {
      throw unexpected;
    } catch (Exception unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  private RuntimeException missing(String what, @Nullable Exception cause) {
    String variable = "SEXTON_REQUIRE_" + name();
    if ("1".equals(System.getenv(variable))) {
      throw new AssertionError(what + ", and " + variable + " is set", cause);
    }
    return Assumptions.abort(cause == null ? what : what + ": " + cause.getMessage());
  }
}
