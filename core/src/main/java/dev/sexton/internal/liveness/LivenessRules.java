package dev.sexton.internal.liveness;

import dev.sexton.internal.liveness.Evidence.Identified;
import dev.sexton.internal.liveness.Evidence.Newer;
import dev.sexton.internal.liveness.Evidence.OwnerProcess;
import dev.sexton.internal.liveness.Evidence.Part;
import dev.sexton.internal.liveness.Evidence.PidOnly;
import dev.sexton.internal.liveness.RuleTable.Named;
import dev.sexton.internal.lock.InstanceLocks.OwnerByte;
import dev.sexton.internal.process.ProcessReader.Interpreter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rules of liveness in order. The first rule with a verdict decides. A pure function:
/// everything that was seen is in the [Evidence]. The reason for each rule is in
/// `docs/protocol.md`.
public final class LivenessRules {
  /// All rules.
  static final RuleTable<Evidence, Verdict> TABLE =
      new RuleTable<>(
          List.of(
              // A process that holds the lock is alive, and nothing may override that. So these two
              // come first.
              new Named<>("this very process", LivenessRules::thisProcess),
              new Named<>("lock held", LivenessRules::lockHeld),
              new Named<>("newer schema", LivenessRules::newerSchema),
              new Named<>("another host", LivenessRules::anotherHost),
              new Named<>("shared file system", LivenessRules::sharedFileSystem),
              new Named<>("unreadable identity", LivenessRules::unreadableIdentity),
              new Named<>("seen alive in another boot", LivenessRules::seenAliveInAnotherBoot),
              new Named<>("another boot", LivenessRules::anotherBoot),
              new Named<>("unproven boot", LivenessRules::unprovenBoot),
              new Named<>("no identity", LivenessRules::noIdentity),
              new Named<>("owner seen alive", LivenessRules::ownerSeenAlive),
              new Named<>("lock hidden", LivenessRules::lockHidden),
              new Named<>("lock free", LivenessRules::lockFree),
              new Named<>("namespace gone", LivenessRules::namespaceGone),
              new Named<>("another namespace", LivenessRules::anotherNamespace),
              new Named<>("owner hidden", LivenessRules::ownerHidden),
              new Named<>("owner gone", LivenessRules::ownerGone),
              new Named<>("from another namespace", LivenessRules::fromAnotherNamespace),
              new Named<>("no longer Python", LivenessRules::noLongerPython),
              new Named<>("has a recorded child", LivenessRules::hasRecordedChild),
              new Named<>("started later", LivenessRules::startedLater),
              new Named<>("nothing proves it dead", LivenessRules::nothingProvesItDead)));

  private final RuleTable<Evidence, Verdict> rules;

  /// Creates the complete rules.
  public LivenessRules() {
    this(TABLE);
  }

  private LivenessRules(RuleTable<Evidence, Verdict> rules) {
    this.rules = rules;
  }

  /// Returns the number of rules.
  public static int size() {
    return TABLE.rules().size();
  }

  /// Returns the name of rule n.
  public static String name(int n) {
    return TABLE.rules().get(n).name();
  }

  /// Returns all rules except one, to prove that its absence is noticed.
  public static LivenessRules without(int n) {
    return new LivenessRules(TABLE.without(n));
  }

  /// Returns the verdict. If no rule decides, nothing proves the owner dead.
  public Verdict judge(Evidence evidence) {
    Verdict verdict = rules.judge(evidence);
    return verdict == null ? Verdict.alive("nothing proves that its owner is gone") : verdict;
  }

  private static @Nullable Verdict newerSchema(Evidence evidence) {
    return evidence instanceof Newer newer
        ? Verdict.unknown(
            "its record has schema "
                + newer.schema()
                + ", which is newer than this version of sexton supports: update sexton")
        : null;
  }

  private static @Nullable Verdict thisProcess(Evidence evidence) {
    boolean ours =
        evidence.lock() == OwnerByte.OURS
            || (evidence instanceof Identified owner && owner.holder().self());
    return ours ? Verdict.alive("its owner is this process") : null;
  }

  private static @Nullable Verdict anotherHost(Evidence evidence) {
    return evidence instanceof Identified owner && owner.location().host() == Part.OTHER
        ? Verdict.unknown(
            "it runs on another host (" + owner.location().hostName() + "): sweep there")
        : null;
  }

  private static @Nullable Verdict sharedFileSystem(Evidence evidence) {
    boolean nameless =
        (evidence instanceof Identified owner
                && owner.location().shared()
                && owner.location().hostName().isEmpty())
            || (evidence instanceof PidOnly bare && bare.scope().shared());
    return nameless
        ? Verdict.unknown(
            "its record names no host and is on a file system that other machines can access: if it"
                + " is dead, use --assume-dead")
        : null;
  }

  private static @Nullable Verdict lockHeld(Evidence evidence) {
    return evidence.lock() == OwnerByte.HELD ? Verdict.alive("its lock is held") : null;
  }

  /// Two parts that could not be read are neither equal nor different.
  private static @Nullable Verdict unreadableIdentity(Evidence evidence) {
    return evidence instanceof Identified owner && owner.location().isUnreadable()
        ? Verdict.unknown(
            unreadable(owner)
                + " of its owner cannot be compared with that of this process: run sexton doctor")
        : null;
  }

  private static String unreadable(Identified owner) {
    if (owner.location().host() == Part.UNREADABLE) {
      return "the host ID";
    }
    return owner.location().boot() == Part.UNREADABLE ? "the boot ID" : "the PID namespace";
  }

  private static @Nullable Verdict seenAliveInAnotherBoot(Evidence evidence) {
    return evidence instanceof Identified owner
            && owner.location().boot() != Part.SAME
            && owner.holder().process() == OwnerProcess.SAME
        ? Verdict.unknown(
            "its record names another boot, but a process with PID "
                + owner.holder().pid()
                + " and the same start time runs here: if that is not its owner, use --assume-dead")
        : null;
  }

  private static @Nullable Verdict anotherBoot(Evidence evidence) {
    return evidence instanceof Identified owner && owner.location().boot() == Part.OVER
        ? Verdict.dead("the machine has been restarted since")
        : null;
  }

  /// Machines that were cloned from one image have the same machine ID but no boot in common.
  private static @Nullable Verdict unprovenBoot(Evidence evidence) {
    return evidence instanceof Identified owner && owner.location().boot() == Part.OTHER
        ? Verdict.unknown(
            "its record names another boot, and nothing proves that this machine ran it: a clone"
                + " with the same machine ID may be running it now. If there is no such clone, use"
                + " --assume-dead")
        : null;
  }

  /// The meaning of the original's records applies to the original's servers only.
  private static @Nullable Verdict noIdentity(Evidence evidence) {
    return evidence instanceof PidOnly owner && !owner.original()
        ? Verdict.unknown(
            "its record does not identify its owner: if it is dead, use --assume-dead")
        : null;
  }

  private static @Nullable Verdict ownerSeenAlive(Evidence evidence) {
    return evidence instanceof Identified owner && owner.holder().process() == OwnerProcess.SAME
        ? Verdict.alive("its owner, process " + owner.holder().pid() + ", is running")
        : null;
  }

  private static @Nullable Verdict lockHidden(Evidence evidence) {
    return evidence instanceof Identified owner && owner.lock() == OwnerByte.DENIED
        ? Verdict.alive("not permitted to check its lock")
        : null;
  }

  private static @Nullable Verdict lockFree(Evidence evidence) {
    return evidence instanceof Identified owner
            && owner.claimsLock()
            && owner.lock() == OwnerByte.FREE
        ? Verdict.dead("its lock is free: the owner is gone")
        : null;
  }

  private static @Nullable Verdict namespaceGone(Evidence evidence) {
    return evidence instanceof Identified owner && owner.location().namespace() == Part.OVER
        ? Verdict.dead("no process is left in its owner's PID namespace")
        : null;
  }

  private static @Nullable Verdict anotherNamespace(Evidence evidence) {
    return evidence instanceof Identified owner && owner.location().namespace() != Part.SAME
        ? Verdict.unknown(
            "its lock proves nothing, and its owner's PID belongs to another PID namespace: sweep"
                + " in that container")
        : null;
  }

  private static @Nullable Verdict ownerHidden(Evidence evidence) {
    boolean hidden =
        (evidence instanceof Identified owner && owner.holder().process() == OwnerProcess.HIDDEN)
            || (evidence instanceof PidOnly bare
                && bare.scope().wholeMachine()
                && (bare.candidate().process() == OwnerProcess.HIDDEN
                    || (bare.candidate().process() == OwnerProcess.SOME
                        && bare.candidate().interpreter() == Interpreter.HIDDEN)));
    return hidden ? Verdict.alive("not permitted to see its owner's process") : null;
  }

  private static @Nullable Verdict ownerGone(Evidence evidence) {
    if (evidence instanceof Identified owner) {
      return gone(owner.holder().process(), owner.holder().pid());
    }
    return evidence instanceof PidOnly owner && owner.scope().wholeMachine()
        ? gone(owner.candidate().process(), owner.candidate().pid())
        : null;
  }

  private static @Nullable Verdict gone(OwnerProcess process, long pid) {
    return switch (process) {
      case ABSENT -> Verdict.dead("its owner, process " + pid + ", is gone");
      case ZOMBIE -> Verdict.dead("its owner, process " + pid + ", has ended and is a zombie");
      case OTHER -> Verdict.dead("process " + pid + " is not its owner but a later process");
      case SAME, SOME, HIDDEN -> null;
    };
  }

  private static @Nullable Verdict fromAnotherNamespace(Evidence evidence) {
    return evidence instanceof PidOnly owner && !owner.scope().wholeMachine()
        ? Verdict.unknown(
            "its record has only PID "
                + owner.candidate().pid()
                + ", which proves nothing inside a container")
        : null;
  }

  private static @Nullable Verdict noLongerPython(Evidence evidence) {
    if (!(evidence instanceof PidOnly owner)
        || owner.candidate().interpreter() != Interpreter.OTHER) {
      return null;
    }
    // A reused PID belongs to a younger process. An older process already existed when the record
    // was written, so the recorded PID was never one of this machine: it comes from a container.
    return owner.candidate().predates()
        ? Verdict.unknown(
            "process "
                + owner.candidate().pid()
                + " is older than the instance and does not run Python: the record was written"
                + " inside a container, or a clock was set")
        : Verdict.dead(
            "process " + owner.candidate().pid() + " does not run Python: the PID was reused");
  }

  private static @Nullable Verdict hasRecordedChild(Evidence evidence) {
    return evidence instanceof PidOnly owner && owner.hasRecordedChild()
        ? Verdict.alive(
            "process " + owner.candidate().pid() + " is the parent of a process it recorded")
        : null;
  }

  private static @Nullable Verdict startedLater(Evidence evidence) {
    return evidence instanceof PidOnly owner && owner.candidate().startedLater()
        ? Verdict.unknown(
            "process "
                + owner.candidate().pid()
                + " started after the record was written: the PID was reused, or a clock was set."
                + " If it is not the server, use --assume-dead")
        : null;
  }

  private static Verdict nothingProvesItDead(Evidence evidence) {
    return Verdict.alive(
        evidence instanceof PidOnly owner
            ? "process " + owner.candidate().pid() + " runs Python"
            : "nothing proves that its owner is gone");
  }
}
