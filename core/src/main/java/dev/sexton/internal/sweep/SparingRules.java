package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.internal.liveness.RuleTable;
import dev.sexton.internal.liveness.RuleTable.Named;
import dev.sexton.internal.sweep.SparingEvidence.RunBy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rules that spare a process although evidence says that it belongs to a dead instance. The
/// first rule that decides wins. Rules that keep a process come first: everything below it is then
/// kept, even if the process is also an ancestor of the sweep. A pure function of the
/// [SparingEvidence]. `docs/protocol.md` has the same table under "What is left alone".
public final class SparingRules {
  /// The reason why a process is left alone.
  ///
  /// @param outcome KEPT if neither it nor anything below it is the instance's to stop; DENIED if
  ///   this sweep must not or cannot stop it
  /// @param reason the reason, for a person
  record Sparing(Outcome outcome, String reason) {
    boolean isKept() {
      return outcome == Outcome.KEPT;
    }
  }

  static final RuleTable<SparingEvidence, Sparing> TABLE =
      new RuleTable<>(
          List.of(
              new Named<>("live instance", SparingRules::liveInstance),
              new Named<>("opted out", SparingRules::optedOut),
              new Named<>("kept program", SparingRules::keptProgram),
              new Named<>("another unit", SparingRules::anotherUnit),
              new Named<>("protected", SparingRules::isProtected),
              new Named<>("user hidden", SparingRules::userHidden),
              new Named<>("another user", SparingRules::anotherUser)));

  private final RuleTable<SparingEvidence, Sparing> rules;

  /// Creates the complete set of rules.
  public SparingRules() {
    this(TABLE);
  }

  private SparingRules(RuleTable<SparingEvidence, Sparing> rules) {
    this.rules = rules;
  }

  /// Returns how many rules there are.
  public static int size() {
    return TABLE.rules().size();
  }

  /// Returns the name of a rule.
  public static String name(int n) {
    return TABLE.rules().get(n).name();
  }

  /// Returns all rules but one, to prove that its absence is noticed.
  public static SparingRules without(int n) {
    return new SparingRules(TABLE.without(n));
  }

  /// Returns why a process is spared; null if no rule spares it.
  @Nullable Sparing judge(SparingEvidence evidence) {
    return rules.judge(evidence);
  }

  private static @Nullable Sparing isProtected(SparingEvidence evidence) {
    return evidence.isProtected()
        ? denied("it is this sweep itself, one of its ancestors, or a system process")
        : null;
  }

  private static @Nullable Sparing liveInstance(SparingEvidence evidence) {
    String instance = evidence.liveInstance();
    return instance == null ? null : kept("it belongs to " + instance);
  }

  private static @Nullable Sparing optedOut(SparingEvidence evidence) {
    return evidence.optsOut() && !evidence.ownerOptedOut()
        ? kept("it opted out (SEXTON_KEEP)")
        : null;
  }

  /// A process that the instance recorded under a name is its own, regardless of program and place.
  private static @Nullable Sparing keptProgram(SparingEvidence evidence) {
    String program = evidence.isRecorded() ? null : evidence.keptProgram();
    return program == null ? null : kept("it is " + program);
  }

  private static @Nullable Sparing anotherUnit(SparingEvidence evidence) {
    if (evidence.isRecorded()) {
      return null;
    }
    String owners = evidence.ownersUnit();
    String own = owners == null ? null : evidence.unit();
    return own == null || own.isEmpty() || own.equals(owners)
        ? null
        : kept("it runs in a different systemd unit than the server did (" + own + ")");
  }

  private static @Nullable Sparing userHidden(SparingEvidence evidence) {
    return evidence.runBy() == RunBy.HIDDEN
        ? denied("it cannot be determined which user runs it")
        : null;
  }

  private static @Nullable Sparing anotherUser(SparingEvidence evidence) {
    return evidence.runBy() == RunBy.ANOTHER ? denied("it is another user's process") : null;
  }

  private static Sparing kept(String reason) {
    return new Sparing(Outcome.KEPT, reason);
  }

  private static Sparing denied(String reason) {
    return new Sparing(Outcome.DENIED, reason);
  }
}
