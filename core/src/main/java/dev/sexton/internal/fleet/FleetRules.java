package dev.sexton.internal.fleet;

import dev.sexton.Liveness;
import dev.sexton.internal.liveness.RuleTable;
import dev.sexton.internal.liveness.RuleTable.Named;
import dev.sexton.internal.liveness.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rules by which an instance of another host is judged. The first rule with a verdict decides.
/// They are for showing only: no sweep asks them. A pure function; the reason for each rule is in
/// `docs/protocol.md`.
public final class FleetRules {
  /// What the store says about an instance.
  ///
  /// @param instance the instance as it was published
  /// @param isRenewed whether the watcher that published it holds its lease
  record Evidence(FleetInstance instance, boolean isRenewed) {
    Liveness published() {
      return instance.state().liveness();
    }

    String host() {
      return instance.seenBy().hostName();
    }
  }

  /// All rules.
  static final RuleTable<Evidence, Verdict> TABLE =
      new RuleTable<>(
          List.of(
              new Named<>("dead on its host", FleetRules::deadOnItsHost),
              new Named<>("no lease", FleetRules::noLease),
              new Named<>("renewed", FleetRules::renewed),
              new Named<>("undecided on its host", FleetRules::undecidedOnItsHost)));

  private final RuleTable<Evidence, Verdict> rules;

  /// Creates the complete rules.
  public FleetRules() {
    this(TABLE);
  }

  private FleetRules(RuleTable<Evidence, Verdict> rules) {
    this.rules = rules;
  }

  /// Returns all rules except one, to prove that its absence is noticed.
  static FleetRules without(int n) {
    return new FleetRules(TABLE.without(n));
  }

  /// Returns the verdict on an instance of a view.
  public Verdict judge(FleetInstance instance, Fleet.View view) {
    return judge(new Evidence(instance, view.isRenewed(instance)));
  }

  Verdict judge(Evidence evidence) {
    Verdict verdict = rules.judge(evidence);
    return verdict == null ? Verdict.unknown("nothing is known about it") : verdict;
  }

  /// The kernel of the owner's host has told its watcher, and a UUID is not used again. So this
  /// stays true when the watcher has ended.
  private static @Nullable Verdict deadOnItsHost(Evidence evidence) {
    return evidence.published() == Liveness.DEAD
        ? Verdict.dead("dead, says its host " + evidence.host() + reason(evidence))
        : null;
  }

  /// The host may be down, or only its watcher or the network; the store may have lost the lease.
  private static @Nullable Verdict noLease(Evidence evidence) {
    return evidence.isRenewed()
        ? null
        : Verdict.unknown(
            "the watcher that published it holds no lease: its host "
                + evidence.host()
                + " or its watcher is down, or cannot reach the store: look there");
  }

  private static @Nullable Verdict renewed(Evidence evidence) {
    return evidence.published() == Liveness.ALIVE
        ? Verdict.alive("alive, says its host " + evidence.host() + reason(evidence))
        : null;
  }

  private static @Nullable Verdict undecidedOnItsHost(Evidence evidence) {
    return evidence.published() == Liveness.UNKNOWN
        ? Verdict.unknown("its host " + evidence.host() + " cannot tell" + reason(evidence))
        : null;
  }

  private static String reason(Evidence evidence) {
    return ": " + evidence.instance().state().reason();
  }
}
