package dev.sexton.internal.sweep;

import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.StopReport.Leftovers;
import dev.sexton.StopReport.OwnerResult;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.liveness.EvidenceCollector;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.InstanceObserver.Observation;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Stops one live instance: first its owner process, which may clean up by itself, then the
/// leftovers, as in any sweep. What is known about the end is not lost if another sweeper works on
/// the instance at the same time.
public final class InstanceStopper {
  /// The cause of a stop.
  ///
  /// @param reason who or what requested it, for the journal
  /// @param isPersons whether a person requested it; if so, recorded processes are stopped even if
  ///   they have become instances of their own
  /// @param known what is known about the end, should the owner end by itself meanwhile
  public record Cause(String reason, boolean isPersons, Ending known) {
    /// A person requested it by `sexton stop`.
    public static final Cause COMMAND = new Cause("sexton stop", true, Ending.UNSEEN);
  }

  /// The result of a stop.
  ///
  /// @param owner what happened to the owner process
  /// @param leftovers what happened to everything that the owner had started
  /// @param problems files that could not be read or written meanwhile
  /// @param millis how long it took, in milliseconds
  public record Result(
      OwnerResult owner, Leftovers leftovers, List<Problem> problems, long millis) {}

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
      return sweep(Outcome.GONE, instance, cause.known());
    }
    ProcessInfo owner = owner(instance);
    String refusal = owner == null ? "its owner does not run here" : refusal(instance, owner);
    if (owner == null || refusal != null) {
      return refused(Outcome.DENIED, String.valueOf(refusal));
    }
    List<ProcessInfo> descendants = descendants(owner, instance);
    Outcome outcome =
        new OwnerStopper(
                ports.processes(), ports.clock(), JournalSubject.of(instance), cause.reason())
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

  /// Sweeps an instance that was seen to die. Unlike a sweep, this waits for another sweeper, which
  /// knows less, and stops the processes that the cause has also if that one has removed the
  /// record.
  ///
  /// @param record its record, as it was while the owner lived
  /// @param user the owner of the record's file; null if unknown
  public Result finish(InstanceRecord record, @Nullable User user) {
    // A process that the record named then may have been released since.
    InstanceRecord known =
        record.rewritten(record.written(), record.containers(), Map.of(), null, record.source());
    ObservedInstance instance =
        new ObservedInstance(
            request.directories().getFirst(),
            known,
            new StateDirectory.Content(new byte[0], ports.processes().wallClock(), false),
            user,
            Verdict.dead(cause.reason()));
    return sweep(Outcome.GONE, instance, cause.known());
  }

  /// Returns the processes below the owner. Collected before the owner is asked to stop. When it
  /// ends, its children may lose every other sign of the instance they belong to.
  private List<ProcessInfo> descendants(ProcessInfo owner, ObservedInstance instance) {
    List<ProcessInfo> descendants =
        new ArrayList<>(
            OwnerTree.below(ports.processes(), owner, instance.record(), request.keep()));
    for (ProcessInfo process : cause.known().descendants()) {
      if (descendants.stream().noneMatch(process::sameAs)) {
        descendants.add(process);
      }
    }
    return descendants;
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
            : identity.start().equals(process.start());
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

  private Result refused(Outcome owner, String reason) {
    return new Result(new OwnerResult(owner, reason), new Leftovers(null, ""), List.of(), millis());
  }

  private Result sweep(Outcome owner, ObservedInstance instance, Ending ending) {
    StoppedInstanceSweep.Swept swept =
        new StoppedInstanceSweep(ports, request, cause.reason()).run(instance, ending);
    return new Result(
        new OwnerResult(owner, ""),
        new Leftovers(swept.report(), swept.left()),
        swept.problems(),
        millis());
  }

  private long millis() {
    return Duration.ofNanos(ports.clock().nanoTime() - begun).toMillis();
  }
}
