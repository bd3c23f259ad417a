package dev.sexton;

import dev.sexton.SweepReport.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The result of stopping one instance. Immutable.
///
/// @param instance the instance as it was before
/// @param owner what happened to the owner process
/// @param leftovers what happened to everything that the owner had started
/// @param problems files that could not be read or written meanwhile
/// @param millis the duration, in milliseconds
public record StopReport(
    InstanceInfo instance,
    OwnerResult owner,
    Leftovers leftovers,
    List<Problem> problems,
    long millis) {
  /// The result for an owner process.
  ///
  /// @param outcome what was done: [Outcome#GONE] if the instance was dead before, [Outcome#DENIED]
  ///   or [Outcome#RECYCLED] if the owner was not touched
  /// @param refusal why nothing was done; empty if something was
  public record OwnerResult(Outcome outcome, String refusal) {}

  /// The result for everything that an owner process had started.
  ///
  /// @param swept the report of the sweep; null if nothing was done, or another sweeper did it
  /// @param rest why something of the instance may be left; empty if nothing is
  public record Leftovers(@Nullable InstanceReport swept, String rest) {
    /// {@return how many resources are known to be left}
    public int left() {
      return swept == null ? 0 : swept.left();
    }
  }

  /// Copies the list.
  public StopReport {
    problems = List.copyOf(problems);
  }

  /// {@return whether the owner has ended and nothing of the instance is left}
  public boolean isDone() {
    return leftovers.rest().isEmpty()
        && (owner.refusal().isEmpty() || owner.outcome() == Outcome.GONE);
  }
}
