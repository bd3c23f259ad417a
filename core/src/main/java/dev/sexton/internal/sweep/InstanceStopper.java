package dev.sexton.internal.sweep;

import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.SweepReport;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Witness;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.Sighting;
import dev.sexton.internal.process.User;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ends one instance because a person says so: its owner first, who may tidy up by itself, and then
 * what is left of it, as any sweep does.
 */
public final class InstanceStopper {
  /**
   * How it went.
   *
   * @param owner what became of the owner; GONE if the instance was dead before, DENIED or RECYCLED
   *     if it was not touched
   * @param reason why nothing was done; empty if something was
   * @param swept what became of the rest; null if nothing was done, or the owner left no record
   * @param millis how long it took, in milliseconds
   */
  public record Result(Outcome owner, String reason, @Nullable InstanceReport swept, long millis) {}

  /** How long another sweeper, or the kernel with a lock, may take beyond the grace. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Ports ports;
  private final SweepRequest request;
  private final long begun;

  /**
   * For one instance.
   *
   * @param request names it and its directory
   */
  public InstanceStopper(Ports ports, SweepRequest request) {
    this.ports = ports;
    this.request = request;
    this.begun = ports.clock().nanoTime();
  }

  /** Ends it. */
  public Result stop() {
    List<Observed> found = new Observer(ports, new LivenessRules()).observe(request).instances();
    if (found.isEmpty()) {
      return result(Outcome.GONE, "it has no record any more", null);
    }
    Observed instance = found.getFirst();
    if (instance.verdict().liveness() == Liveness.UNKNOWN) {
      return result(Outcome.DENIED, instance.verdict().reason(), null);
    }
    if (instance.verdict().liveness() == Liveness.DEAD) {
      return result(Outcome.GONE, "", sweep(Map.of()));
    }
    ProcessInfo owner = owner(instance);
    String refusal = owner == null ? "its owner does not run here" : refusal(instance, owner);
    if (owner == null || refusal != null) {
      return result(Outcome.DENIED, String.valueOf(refusal), null);
    }
    Outcome outcome =
        new OwnerStopper(ports.processes(), ports.clock()).stop(owner, request.grace());
    return switch (outcome) {
      case STOPPED, KILLED, GONE ->
          result(outcome, "", sweep(Map.of(instance.instanceId(), owner)));
      case DENIED -> result(outcome, "not allowed to signal process " + owner.pid(), null);
      case RECYCLED -> result(outcome, "process " + owner.pid() + " is not its owner", null);
      case FAILED, WOULD_STOP ->
          result(outcome, "process " + owner.pid() + " does not even end by SIGKILL", null);
    };
  }

  /** The owner's process; null if the one that has its number may be another. */
  private @Nullable ProcessInfo owner(Observed instance) {
    ProcessTable processes = ports.processes();
    ProcessIdentity identity = instance.record().owner();
    boolean here =
        identity == null
            ? processes.seesWholeMachine()
            : identity.machine().equals(processes.machine());
    if (!here || !(processes.find(instance.record().pid()) instanceof Sighting.Present present)) {
      return null;
    }
    ProcessInfo process = present.process();
    boolean same =
        identity == null
            ? !Witness.isLater(processes.startedAt(process.start()), instance.ownerWrote())
            : identity.start() == process.start();
    return same ? process : null;
  }

  private @Nullable String refusal(Observed instance, ProcessInfo owner) {
    if (ports.processes().protectedPids().contains(owner.pid())) {
      return "its owner started this very command: end it from elsewhere";
    }
    User recorder = instance.directory().owner(instance.fileName());
    User user = ports.processes().user(owner);
    return recorder == null || user == null || !recorder.sameAs(user)
        ? "its owner is another user's process"
        : null;
  }

  /** Until the record is gone, or somebody has said what is left. */
  private @Nullable InstanceReport sweep(Map<String, ProcessInfo> witnessed) {
    SweepRequest rest =
        new SweepRequest(
            request.directories(),
            false,
            Set.copyOf(request.instanceIds()),
            false,
            false,
            request.grace(),
            request.progress(),
            witnessed,
            request.keepSource());
    long deadline = ports.clock().nanoTime() + request.grace().plus(MARGIN).toNanos();
    while (true) {
      SweepReport report = new Sweep(ports, rest).run();
      InstanceReport instance = report.instances().isEmpty() ? null : report.instances().getFirst();
      boolean settled =
          instance == null
              || (instance.liveness() == Liveness.DEAD && instance.record() != RecordFate.BUSY);
      if (settled || ports.clock().nanoTime() - deadline >= 0) {
        return instance;
      }
      ports.clock().sleep(PAUSE);
    }
  }

  private Result result(Outcome owner, String reason, @Nullable InstanceReport swept) {
    long millis = Duration.ofNanos(ports.clock().nanoTime() - begun).toMillis();
    return new Result(owner, reason, swept, millis);
  }
}
