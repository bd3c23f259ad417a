package dev.sexton.internal.sweep;

import dev.sexton.ResourceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rules that keep a labelled resource from being claimed although its label names a dead
/// instance. Images pass their labels on, and tools copy labels between containers. So a label
/// alone does not show who made a container. Pure. The first rule that objects decides.
final class LabelRules {
  /// How long after the end of its instance a container may have been made. A container that a
  /// killed `docker run` had requested was seen to start up to 1.2 s later. Engines report times in
  /// whole seconds.
  static final Duration LATE = Duration.ofSeconds(60);

  private static final String BY_HAND = ": if it is a leftover, remove it by hand";

  /// The facts about a label.
  ///
  /// @param kind the kind of resource that carries the label
  /// @param imageKnown whether the engine still knows the resource's image, or the resource has
  ///   none
  /// @param inherited whether its image carries the same label
  /// @param made when the resource was made; null if the engine does not say
  /// @param deadSince a time at which the instance was already dead; null if none is known
  record Evidence(
      ResourceKind kind,
      boolean imageKnown,
      boolean inherited,
      @Nullable Instant made,
      @Nullable Instant deadSince) {}

  /// Returns why a label proves nothing; null if the rule does not object.
  private interface Rule {
    @Nullable String object(Evidence evidence);
  }

  private record Named(String name, Rule rule) {}

  private static final List<Named> TABLE =
      List.of(
          new Named("image gone", LabelRules::imageGone),
          new Named("label of the image", LabelRules::labelOfTheImage),
          new Named("made at an unknown time", LabelRules::madeAtAnUnknownTime),
          new Named("made after the end", LabelRules::madeAfterTheEnd));

  private final List<Named> rules;

  LabelRules() {
    this(TABLE);
  }

  private LabelRules(List<Named> rules) {
    this.rules = rules;
  }

  /// Returns how many rules there are.
  static int size() {
    return TABLE.size();
  }

  /// Returns the name of rule n.
  static String name(int n) {
    return TABLE.get(n).name();
  }

  /// Returns all rules but one, to prove that its absence is noticed.
  static LabelRules without(int n) {
    List<Named> rules = new ArrayList<>(TABLE);
    rules.remove(n);
    return new LabelRules(rules);
  }

  /// Returns why the label does not prove that its instance made the resource; null if it does.
  @Nullable String objection(Evidence evidence) {
    for (Named named : rules) {
      String objection = named.rule().object(evidence);
      if (objection != null) {
        return objection;
      }
    }
    return null;
  }

  private static @Nullable String imageGone(Evidence evidence) {
    return evidence.imageKnown()
        ? null
        : "its image is gone, so it is unknown whether the label came from the image" + BY_HAND;
  }

  private static @Nullable String labelOfTheImage(Evidence evidence) {
    return evidence.inherited()
        ? "its image carries the same label, which therefore proves nothing" + BY_HAND
        : null;
  }

  private static @Nullable String madeAtAnUnknownTime(Evidence evidence) {
    return isDated(evidence.kind()) && evidence.deadSince() != null && evidence.made() == null
        ? "its engine does not report when it was created, and its instance had ended by "
            + evidence.deadSince()
            + BY_HAND
        : null;
  }

  /// Returns whether the time of creation says something. Nothing copies the labels of an engine's
  /// networks and volumes, and Docker takes the time of a volume from its directory, where later
  /// changes move it.
  private static boolean isDated(ResourceKind kind) {
    return switch (kind) {
      case CONTAINER, POD, JOB, SERVICE, NETWORK_POLICY, CLAIM, SECRET, CONFIG_MAP -> true;
      case PROCESS, NETWORK, VOLUME -> false;
    };
  }

  private static @Nullable String madeAfterTheEnd(Evidence evidence) {
    Instant made = evidence.made();
    Instant deadSince = evidence.deadSince();
    return isDated(evidence.kind())
            && made != null
            && deadSince != null
            && made.isAfter(deadSince.plus(LATE))
        ? "it was created at "
            + made
            + ", and its instance had ended by "
            + deadSince
            + ", so it is a copy"
            + BY_HAND
        : null;
  }
}
