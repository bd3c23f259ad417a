package dev.sexton.mcp.deephaven;

import dev.sexton.mcp.session.Readiness;
import dev.sexton.mcp.session.ReadinessCheck;
import dev.sexton.mcp.session.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;

/// A Deephaven server is ready when its port answers over HTTP with a status that shows that it can
/// handle a request. If the server is a process, that process has to be the listener. The port was
/// free when the server was started, but another process may have taken it since. For one start.
public final class ServerReady implements ReadinessCheck {
  private static final Set<Integer> REFUSALS = Set.of(401, 403, 404);
  private static final int ERRORS = 400;

  private final int port;
  private final Duration limit;
  private volatile boolean taken;

  /// Creates a check.
  ///
  /// @param port the port on this machine, or of the container
  public ServerReady(int port, Duration limit) {
    this.port = port;
    this.limit = limit;
  }

  /// Returns whether the server could not become ready because another process has its port.
  public boolean isTaken() {
    return taken;
  }

  @Override
  public boolean isAsked() {
    return true;
  }

  @Override
  public Duration limit() {
    return limit;
  }

  @Override
  public String words() {
    return "an HTTP answer from Deephaven";
  }

  @Override
  public Predicate<Session> check() {
    return session -> {
      Long pid = session.body().pid();
      if (pid == null) {
        Integer here = session.body().ports().get(port);
        return here != null && answers(here);
      }
      return isOurs(session, pid) && answers(port);
    };
  }

  private boolean isOurs(Session session, long pid) {
    try {
      Listeners.Owner owner = Listeners.owner(port, pid);
      if (owner == Listeners.Owner.SOMEBODY_ELSE && !session.body().ended().isDone()) {
        taken = true;
        session.stop("another program took its port", Duration.ZERO);
      }
      return owner == Listeners.Owner.OURS;
    } catch (IOException unknown) {
      return false; // Without /proc it is unknown whose server answers.
    }
  }

  private static boolean answers(int port) {
    int status = Readiness.status(port, "/");
    return status < ERRORS || REFUSALS.contains(status);
  }
}
