package dev.sexton.mcp.session;

import java.time.Duration;
import java.util.function.Predicate;

/// A condition under which a session counts as ready.
public interface ReadinessCheck {
  /// Returns whether anything is checked.
  boolean isAsked();

  /// Returns the time limit.
  Duration limit();

  /// Returns a description of the condition.
  String words();

  /// Returns a check of one session. The check may remember what it has seen.
  Predicate<Session> check();
}
