package dev.sexton;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The result of a sweep for one resource of a dead instance. Immutable.
///
/// @param kind the kind of the resource
/// @param name the name under which it was tracked, or the engine's name; `(marked)` for a process
///   found by its environment, `(session)` for one found by its owner's session
/// @param pid the PID of a process; 0 for other kinds
/// @param pids the PIDs of all processes of the tree, including the first; empty for other kinds
/// @param id the engine's ID of a container, network or volume; null for a process
/// @param outcome what the sweep did
/// @param reason a human-readable reason
/// @param millis the time it took, in milliseconds
public record ResourceReport(
    ResourceKind kind,
    String name,
    long pid,
    List<Long> pids,
    @Nullable String id,
    Outcome outcome,
    String reason,
    long millis) {
  /// Copies the list.
  public ResourceReport {
    pids = List.copyOf(pids);
  }
}
