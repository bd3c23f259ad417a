package dev.sexton.internal.sweep;

import dev.sexton.InstanceInfo;
import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sweeps one instance whose owner was stopped, until nothing of it is left or the remaining
/// resources are known.
final class StoppedInstanceSweep {
  /// The result of the sweep.
  ///
  /// @param report the report on the leftovers; null if another sweeper did it
  /// @param left why something of the instance may be left; empty if nothing is
  /// @param problems files that could not be read or written meanwhile
  record Swept(@Nullable InstanceReport report, String left, List<Problem> problems) {}

  /// How long another sweeper, or the kernel with a lock, may take beyond the grace period.
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

  private static final Duration LONGEST_PAUSE = Duration.ofMillis(160);

  private final Ports ports;
  private final SweepRequest request;
  private final String cause;

  /// Creates a sweep.
  ///
  /// @param request names the instance and its directory
  /// @param cause who or what requested it, for the journal
  StoppedInstanceSweep(Ports ports, SweepRequest request, String cause) {
    this.ports = ports;
    this.request = request;
    this.cause = cause;
  }

  /// Sweeps until the record is gone or the remaining resources are known. Another sweeper, such as
  /// the reaper of `sexton run`, may be faster. This method then waits until that sweeper is done.
  /// If it leaves a tombstone, this method sweeps once more to learn the remaining resources. No
  /// other sweeper knows the processes below the owner. If the record is gone, or the other sweeper
  /// takes too long, this method stops those that are left.
  Swept run(ObservedInstance instance, Ending ending) {
    SweepRequest rest = request.toBuilder().endings(Map.of(instance.instanceId(), ending)).build();
    long deadline = ports.clock().nanoTime() + request.grace().plus(MARGIN).toNanos();
    Duration pause = FIRST_PAUSE;
    InstanceReport done = null;
    while (true) {
      SweepReport report = new Sweep(ports, rest).run();
      InstanceReport now = report.instances().isEmpty() ? null : report.instances().getFirst();
      done = together(done, now);
      if (now == null && hasRecord()) {
        String reason =
            report.problems().isEmpty()
                ? "its record cannot be read"
                : report.problems().getFirst().problem();
        return new Swept(done, reason, report.problems());
      }
      if (now == null || now.record() == RecordFate.REMOVED) {
        InstanceReport all =
            now == null ? together(done, rest(instance, ending, RecordFate.REMOVED)) : done;
        String left = all == null || all.left() == 0 ? "" : whyLeft(all, report.problems());
        return new Swept(all, left, report.problems());
      }
      boolean known =
          now.liveness() == Liveness.DEAD && now.record() == RecordFate.KEPT && now.left() > 0;
      if (known || ports.clock().nanoTime() - deadline >= 0) {
        InstanceReport all = known ? done : together(done, rest(instance, ending, now.record()));
        return new Swept(all, whyLeft(now, report.problems()), report.problems());
      }
      ports.clock().sleep(pause);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
    }
  }

  /// Stops the remaining processes below the owner without claiming the record, which is gone or
  /// claimed by another sweeper.
  private @Nullable InstanceReport rest(ObservedInstance instance, Ending ending, RecordFate fate) {
    if (ending.descendants().stream().noneMatch(ports.processes()::isRunning)) {
      return null;
    }
    ObservedInstance dead = instance.judged(Verdict.dead("its owner was stopped"));
    List<ResourceReport> resources = SelfCleanup.stop(ports, dead, ending, cause, request);
    return new InstanceReport(
        dead.identity(),
        dead.owner(),
        new InstanceInfo.State(Liveness.DEAD, dead.verdict().reason()),
        fate,
        resources);
  }

  /// Merges the reports of several sweeps. Each stops resources that earlier sweeps could not see
  /// or finish.
  private static @Nullable InstanceReport together(
      @Nullable InstanceReport before, @Nullable InstanceReport now) {
    if (before == null || now == null) {
      return now == null ? before : now;
    }
    List<ResourceReport> resources = new ArrayList<>();
    for (ResourceReport resource : before.resources()) {
      if (!resource.outcome().isLeft()) {
        resources.add(resource);
      }
    }
    resources.addAll(now.resources());
    return new InstanceReport(now.identity(), now.owner(), now.state(), now.record(), resources);
  }

  private boolean hasRecord() {
    for (StateDirectory directory : request.directories()) {
      for (String id : request.instanceIds()) {
        if (directory.modified(StateDirectory.recordOf(id)) != null) {
          return true;
        }
      }
    }
    return false;
  }

  private static String whyLeft(InstanceReport instance, List<Problem> problems) {
    for (ResourceReport resource : instance.resources()) {
      if (resource.outcome().isLeft()) {
        return resource.name() + ": " + resource.reason();
      }
    }
    boolean judged = instance.liveness() == Liveness.DEAD && instance.record() == RecordFate.KEPT;
    return judged && !problems.isEmpty() ? problems.getFirst().problem() : instance.reason();
  }
}
