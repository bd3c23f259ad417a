package dev.sexton.mcp.session;

import java.time.Duration;
import java.util.function.Predicate;

/** When a session counts as ready. */
public interface ReadinessCheck {
  /** Whether anything is asked for. */
  boolean isAsked();

  /** How long it may take. */
  Duration limit();

  /** What is waited for, in words. */
  String words();

  /** A check of one session, which may remember what it has seen. */
  Predicate<Session> check();
}
