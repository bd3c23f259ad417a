package dev.sexton.internal.sweep;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.liveness.EvidenceCollector;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.User;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.InstanceObserver.Observation;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Stops one live instance: first its owner process, which may clean up by itself, then the
/// leftovers, as in any sweep.
public final class InstanceStopper {
  /// The cause of a stop.
  ///
  /// @param reason who or what requested it, for the journal
  /// @param isPersons whether a person requested it; if so, recorded processes are stopped even if
  ///   they have become instances of their own
  /// @param seen processes that were seen below the owner before
  public record Cause(String reason, boolean isPersons, List<ProcessInfo> seen) {
    /// A person requested it by `sexton stop`.
    public static final Cause COMMAND = new Cause("sexton stop", true, List.of());

    /// Copies the list.
    public Cause {
      seen = List.copyOf(seen);
    }
  }

  /// The result of a stop.
  ///
  /// @param owner the outcome for the owner; GONE if the instance was dead before, DENIED or
  ///   RECYCLED if the owner was not touched
  /// @param reason why nothing was done; empty if something was
  /// @param swept the report on the leftovers; null if nothing was done or another sweeper did it
  /// @param rest why something of the instance may be left; empty if nothing is
  /// @param problems files that could not be read or written meanwhile
  /// @param millis how long it took, in milliseconds
  public record Result(
      Outcome owner,
      String reason,
      @Nullable InstanceReport swept,
      String rest,
      List<Problem> problems,
      long millis) {
    /// Returns whether the owner has ended and nothing of the instance is left.
    public boolean isDone() {
      return rest.isEmpty() && (reason.isEmpty() || owner == Outcome.GONE);
    }

    /// Returns how many resources are known to be left.
    public int left() {
      return swept == null ? 0 : swept.left();
    }
  }

  /// How long another sweeper, or the kernel with a lock, may take beyond the grace period.
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

  private static final Duration LONGEST_PAUSE = Duration.ofMillis(160);

  private final Ports ports;
  private final SweepRequest request;
  private final Cause cause;
  private final long begun;

  /// Creates a stopper for one instance.
  ///
  /// @param request names the instance and its directory
  public InstanceStopper(Ports ports, SweepRequest request, Cause cause) {
    this.ports = ports;
    this.request = request;
    this.cause = cause;
    this.begun = ports.clock().nanoTime();
  }

  /// Stops the instance.
  public Result stop() {
    InstanceObserver observer = new InstanceObserver(ports, new LivenessRules());
    Observation seen = observer.observe(request);
    if (seen.instances().isEmpty()) {
      return seen.problems().isEmpty()
          ? refused(Outcome.GONE, "it no longer has a record")
          : refused(Outcome.DENIED, seen.problems().getFirst().problem());
    }
    ObservedInstance instance = observer.withUser(seen.instances().getFirst());
    if (instance.verdict().liveness() == Liveness.UNKNOWN) {
      return refused(Outcome.DENIED, instance.verdict().reason());
    }
    if (instance.verdict().liveness() == Liveness.DEAD) {
      return sweep(Outcome.GONE, instance, new Ending(null, cause.seen(), false));
    }
    ProcessInfo owner = owner(instance);
    String refusal = owner == null ? "its owner does not run here" : refusal(instance, owner);
    if (owner == null || refusal != null) {
      return refused(Outcome.DENIED, String.valueOf(refusal));
    }
    // Collected before the owner is asked to stop. When it ends, its children may lose every other
    // sign of the instance they belong to.
    List<ProcessInfo> descendants =
        new ArrayList<>(
            OwnerTree.below(ports.processes(), owner, instance.record(), request.keep()));
    for (ProcessInfo process : cause.seen()) {
      if (descendants.stream().noneMatch(process::sameAs)) {
        descendants.add(process);
      }
    }
    Outcome outcome =
        new OwnerStopper(
                ports.processes(), ports.clock(), Journal.Subject.of(instance), cause.reason())
            .stop(owner, request.grace());
    return switch (outcome) {
      case STOPPED, KILLED, GONE ->
          sweep(outcome, instance, new Ending(owner, descendants, cause.isPersons()));
      case DENIED -> refused(outcome, "not permitted to signal process " + owner.pid());
      case RECYCLED -> refused(outcome, "process " + owner.pid() + " is not its owner");
      case FAILED, WOULD_STOP, KEPT, UNCLAIMED ->
          refused(outcome, "process " + owner.pid() + " did not end after SIGKILL");
    };
  }

  /// Returns the owner process; null if the process with its PID may be another one.
  private @Nullable ProcessInfo owner(ObservedInstance instance) {
    ProcessTable processes = ports.processes();
    ProcessIdentity identity = instance.record().owner();
    boolean here =
        identity == null
            ? processes.seesWholeMachine()
            : identity.machine().isComparableTo(processes.machine());
    if (!here
        || !(processes.find(instance.record().pid()) instanceof ProcessLookup.Present present)) {
      return null;
    }
    ProcessInfo process = present.process();
    boolean same =
        identity == null
            ? !EvidenceCollector.isLater(
                processes.startedAt(process.start()), instance.ownerWrote())
            : identity.start() == process.start();
    return same ? process : null;
  }

  private @Nullable String refusal(ObservedInstance instance, ProcessInfo owner) {
    if (ports.processes().protectedPids().contains(owner.pid())) {
      return "its owner started this command: stop it from elsewhere";
    }
    User recorder = instance.user();
    User user = ports.processes().user(owner);
    return recorder == null || user == null || !recorder.sameAs(user)
        ? "its owner is another user's process"
        : null;
  }

  /// Sweeps until the record is gone or the remaining resources are known. Another sweeper, such as
  /// the reaper of `sexton run`, may be faster. This method then waits until that sweeper is done.
  /// If it leaves a tombstone, this method sweeps once more to learn the remaining resources. No
  /// other sweeper knows the processes below the owner. If the record is gone, this method stops
  /// those that are left.
  private Result sweep(Outcome owner, ObservedInstance instance, Ending ending) {
    SweepRequest rest =
        SweepRequest.of(request.directories())
            .instanceIds(Set.copyOf(request.instanceIds()))
            .grace(request.grace())
            .progress(request.progress())
            .endings(Map.of(instance.instanceId(), ending))
            .neighbours(request.neighbours())
            .keep(request.keep())
            .build();
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
        return result(owner, done, reason, report.problems());
      }
      if (now == null || now.record() == RecordFate.REMOVED) {
        InstanceReport all = now == null ? together(done, rest(instance, ending)) : done;
        String left = all == null || all.left() == 0 ? "" : whyLeft(all, report.problems());
        return result(owner, all, left, report.problems());
      }
      boolean known =
          now.liveness() == Liveness.DEAD && now.record() == RecordFate.KEPT && now.left() > 0;
      if (known || ports.clock().nanoTime() - deadline >= 0) {
        return result(owner, done, whyLeft(now, report.problems()), report.problems());
      }
      ports.clock().sleep(pause);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
    }
  }

  /// Stops the remaining processes below the owner after the record is gone.
  private @Nullable InstanceReport rest(ObservedInstance instance, Ending ending) {
    if (ending.descendants().stream().noneMatch(ports.processes()::isRunning)) {
      return null;
    }
    ObservedInstance dead = instance.judged(Verdict.dead("its owner was stopped"));
    List<ResourceReport> resources = SelfCleanup.stop(ports, dead, ending, cause.reason(), request);
    return new InstanceReport(
        dead.instanceId(),
        dead.application(),
        dead.directory().path(),
        dead.record().pid(),
        dead.record().startedAt(),
        Liveness.DEAD,
        dead.verdict().reason(),
        RecordFate.REMOVED,
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
    return new InstanceReport(
        now.instanceId(),
        now.application(),
        now.stateDirectory(),
        now.pid(),
        now.startedAt(),
        now.liveness(),
        now.reason(),
        now.record(),
        resources);
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

  private Result refused(Outcome owner, String reason) {
    return new Result(owner, reason, null, "", List.of(), millis());
  }

  private Result result(
      Outcome owner, @Nullable InstanceReport swept, String rest, List<Problem> problems) {
    return new Result(owner, "", swept, rest, problems, millis());
  }

  private long millis() {
    return Duration.ofNanos(ports.clock().nanoTime() - begun).toMillis();
  }
}
