package dev.sexton.testsupport;

import dev.sexton.testsupport.FakeEngine.Connection;
import dev.sexton.testsupport.FakeEngine.Request;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Answers requests, with a fault at the call that a test chooses.
public abstract class FaultyServer implements FakeEngine.Handler {
  /// Does something wrong instead of answering.
  ///
  /// The server may have done what was requested.
  public interface Fault {
    void on(Connection connection) throws IOException;
  }

  /// An answer.
  ///
  /// @param status the HTTP status
  public record Answer(int status, String body) {}

  private final int faultyCall;
  private final boolean faultBeforeEffect;
  private final @Nullable Fault fault;
  private int calls;

  /// Creates a server with one fault.
  ///
  /// @param faultyCall the index of the call, from 0
  /// @param faultBeforeEffect whether the call has no effect
  /// @param fault null for a server without a fault
  protected FaultyServer(int faultyCall, boolean faultBeforeEffect, @Nullable Fault fault) {
    this.faultyCall = faultyCall;
    this.faultBeforeEffect = faultBeforeEffect;
    this.fault = fault;
  }

  /// Returns the number of calls until now.
  public final synchronized int calls() {
    return calls;
  }

  /// Does what was requested, and returns the answer.
  protected abstract Answer answer(Request request);

  @Override
  public final void handle(Request request, Connection connection) throws IOException {
    boolean faulty;
    synchronized (this) {
      faulty = calls++ == faultyCall;
    }
    if (faulty && fault != null && faultBeforeEffect) {
      fault.on(connection);
      return;
    }
    Answer answer = answer(request);
    if (faulty && fault != null) {
      fault.on(connection);
      return;
    }
    connection.reply(answer.status(), answer.body());
  }
}
