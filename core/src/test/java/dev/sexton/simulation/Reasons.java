package dev.sexton.simulation;

import java.util.Map;

/// Finds the rule that gave a verdict by the words of its reason.
final class Reasons {
  private static final Map<String, String> RULES =
      Map.ofEntries(
          Map.entry("newer than this version", "newer schema"),
          Map.entry("its owner is this process", "this very process"),
          Map.entry("another host", "another host"),
          Map.entry("other machines can access", "shared file system"),
          Map.entry("its lock is held", "lock held"),
          Map.entry("cannot be compared with that of this process", "unreadable identity"),
          Map.entry("and the same start time runs here", "seen alive in another boot"),
          Map.entry("restarted since", "another boot"),
          Map.entry("nothing proves that this machine ran it", "unproven boot"),
          Map.entry("does not identify its owner", "no identity"),
          Map.entry("no process is left in its owner's PID", "namespace gone"),
          Map.entry("is running", "owner seen alive"),
          Map.entry("not permitted to check its lock", "lock hidden"),
          Map.entry("its lock is free", "lock free"),
          Map.entry("belongs to another PID namespace", "another namespace"),
          Map.entry("not permitted to see its owner", "owner hidden"),
          Map.entry("is gone", "owner gone"),
          Map.entry("is a zombie", "owner gone"),
          Map.entry("but a later process", "owner gone"),
          Map.entry("proves nothing inside a container", "from another namespace"),
          Map.entry("does not run Python", "no longer Python"),
          Map.entry("is the parent of a process", "has a recorded child"),
          Map.entry("started after the record", "started later"),
          Map.entry("runs Python", "nothing proves it dead"));

  private static final Map<String, String> SPARING =
      Map.of(
          "one of its ancestors", "protected",
          "another instance that is not dead", "live instance",
          "an instance that has no record here", "instance without a record",
          "it opted out", "opted out",
          "a terminal multiplexer", "kept program",
          "not under automation", "kept program",
          "in a different systemd unit", "another unit",
          "another user's process", "another user",
          "nothing proves that the owner led it", "doubtful session, for good");

  private Reasons() {}

  /// Returns why a process was left alone.
  static String sparing(String reason) {
    if (reason.contains("a later sweep checks again")) {
      return "doubtful session"; // It also has the words for a session that stays doubtful.
    }
    for (Map.Entry<String, String> rule : SPARING.entrySet()) {
      if (reason.contains(rule.getKey())) {
        return rule.getValue();
      }
    }
    return "something else";
  }

  static String rule(String reason) {
    // "its lock is free: the owner is gone" matches two rules.
    if (reason.contains("its lock is free")) {
      return "lock free";
    }
    if (reason.contains("cannot be claimed")) {
      return "(cannot be claimed)";
    }
    if (reason.contains("swept as dead at")) {
      return "(by the journal)";
    }
    if (reason.contains("another sweeper")) {
      return "(another sweeper is at it)";
    }
    for (Map.Entry<String, String> rule : RULES.entrySet()) {
      if (reason.contains(rule.getKey())) {
        return rule.getValue();
      }
    }
    return "none: " + reason;
  }
}
