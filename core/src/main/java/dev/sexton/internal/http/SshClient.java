package dev.sexton.internal.http;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Sends requests to an engine by ssh. A connection takes a process and an authentication, so it is
/// used again for some seconds. Safe for use by multiple threads.
final class SshClient implements AutoCloseable {
  /// How long an unused connection stays. The requests of a sweep follow each other faster.
  private static final Duration IDLE = Duration.ofSeconds(5);

  /// How long connecting may take, including the wait for others that connect.
  private static final Duration CONNECT = Duration.ofSeconds(SshCommand.CONNECT_SECONDS);

  /// How many connections may be made at the same time. An ssh server refuses some of them if ten
  /// have not yet authenticated (MaxStartups).
  private static final int MAX_STARTING = 4;

  private final Address.Ssh address;
  private final ExchangeProblem problem;
  private final SshCommand command;
  private final Semaphore starting = new Semaphore(MAX_STARTING);

  /// The unused connections, the last one first. Guarded by this.
  private final Deque<Idle> idle = new ArrayDeque<>();

  /// All connections of exchanges. Guarded by this.
  private final Set<Connection> open = new HashSet<>();

  private boolean closed;

  /// An unused connection.
  ///
  /// @param watchdog closes it after a while
  private record Idle(SshConnection connection, Watchdog watchdog) {}

  SshClient(Address.Ssh address, ExchangeProblem problem) {
    this.address = address;
    this.problem = problem;
    this.command = new SshCommand(address);
  }

  /// Returns a new connection. Does not connect.
  SshConnection open() {
    return new SshConnection(command);
  }

  /// Connects.
  ///
  /// @param request the request in an error message
  void connect(Connection connection, String request) throws IOException {
    try (Watchdog watchdog = new Watchdog(connection, CONNECT)) {
      try {
        startInTurn(connection, watchdog);
      } catch (IOException e) {
        IOException cause = watchdog.hasFired() ? SshProblem.silent(address.destination()) : e;
        throw problem.explain(request, false, cause);
      }
    }
  }

  private void startInTurn(Connection connection, Watchdog watchdog) throws IOException {
    try {
      if (!starting.tryAcquire(watchdog.left().toNanos(), TimeUnit.NANOSECONDS)) {
        throw SshProblem.silent(address.destination());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClosedByInterruptException();
    }
    try {
      connection.connect(watchdog.left());
    } finally {
      starting.release();
    }
  }

  /// Does the same as [HttpClient#exchange].
  HttpResponse exchange(HttpRequest request, Duration limit) throws IOException {
    SshConnection unused = take();
    if (unused != null) {
      try {
        return exchange(unused, request, limit);
      } catch (TimeLimitException tooLate) {
        throw tooLate;
      } catch (IOException mayHaveEnded) {
        if (!request.isRepeatable() || Thread.currentThread().isInterrupted()) {
          throw mayHaveEnded;
        }
      }
    }
    SshConnection connection = open();
    add(connection);
    try {
      connect(connection, request.text());
    } catch (IOException e) {
      end(connection);
      throw e;
    }
    return exchange(connection, request, limit);
  }

  private HttpResponse exchange(SshConnection connection, HttpRequest request, Duration limit)
      throws IOException {
    boolean reusable = false;
    try (Watchdog watchdog = new Watchdog(connection, limit)) {
      try {
        request.send(connection, address.hostHeader(), false);
        ChannelInput in = new ChannelInput(connection);
        HttpResponse response = new ResponseReader(in).read();
        reusable = response.keepsConnection() && in.isDrained() && watchdog.callOff();
        return response;
      } catch (IOException e) {
        throw problem.explain(request.text(), limit, true, watchdog, e);
      }
    } finally {
      if (!reusable || !giveBack(connection)) {
        end(connection);
      }
    }
  }

  /// Returns an unused connection; null if there is none.
  private @Nullable SshConnection take() {
    while (true) {
      Idle last;
      synchronized (this) {
        last = idle.poll();
      }
      if (last == null) {
        return null;
      }
      if (last.watchdog.callOff() && last.connection.isUsable()) {
        return last.connection;
      }
      end(last.connection);
    }
  }

  /// Keeps the connection for other exchanges; returns false if it cannot be kept.
  private synchronized boolean giveBack(SshConnection connection) {
    try {
      return !closed && idle.offerFirst(new Idle(connection, new Watchdog(connection, IDLE)));
    } catch (IOException noThread) {
      return false;
    }
  }

  private synchronized void add(Connection connection) throws IOException {
    if (closed) {
      throw new IOException("no further call is possible: it was closed");
    }
    open.add(connection);
  }

  private void end(Connection connection) {
    synchronized (this) {
      open.remove(connection);
    }
    try {
      connection.close();
    } catch (IOException e) {
      // It is closed anyway.
    }
  }

  /// Ends all connections of exchanges, also those in use.
  @Override
  public void close() {
    List<Connection> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(open);
      idle.forEach(unused -> unused.watchdog.callOff());
      idle.clear();
    }
    all.forEach(this::end);
  }
}
