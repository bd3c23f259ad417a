package dev.sexton.internal.liveness;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rules in order. The first rule that decides, decides. Immutable.
///
/// @param <E> what the rules know
/// @param <V> what they decide
/// @param rules the rules
public record RuleTable<E, V>(List<Named<E, V>> rules) {
  /// One rule.
  @FunctionalInterface
  public interface Rule<E, V> {
    /// Returns the decision, or null if this rule does not decide.
    @Nullable V judge(E evidence);
  }

  /// A rule with its name.
  ///
  /// @param name its name in the documents
  /// @param rule the rule
  public record Named<E, V>(String name, Rule<E, V> rule) {}

  /// Copies the list.
  public RuleTable {
    rules = List.copyOf(rules);
  }

  /// Returns the names of the rules, in order.
  public List<String> names() {
    return rules.stream().map(Named::name).toList();
  }

  /// Returns all rules except one, to prove that its absence is noticed.
  public RuleTable<E, V> without(int n) {
    List<Named<E, V>> others = new ArrayList<>(rules);
    others.remove(n);
    return new RuleTable<>(others);
  }

  /// Returns what the first rule that decides has decided; null if none decides.
  public @Nullable V judge(E evidence) {
    for (Named<E, V> named : rules) {
      V decision = named.rule().judge(evidence);
      if (decision != null) {
        return decision;
      }
    }
    return null;
  }
}
