package dev.sexton.simulation;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An instance as it truly is, whatever its record says.
final class WorldInstance {
  /// The kind of server.
  enum Kind {
    /// Registered as the protocol says.
    SEXTON,
    /// Registered as the original does: a bare PID, no lock.
    ORIGINAL,
    /// A server of either kind on another machine that shares the directory.
    ///
    /// It stays alive.
    REMOTE,
    /// A server on a machine that was cloned from this one.
    ///
    /// It shares the engine and possibly the directory, and it has this machine's host ID and a
    /// boot of its own. It stays alive.
    CLONE
  }

  final String id;
  final Kind kind;

  /// The owner process; null if it runs on another machine.
  final @Nullable WorldProcess owner;

  final int uid;
  final String boot;

  /// The tracked processes, by name.
  final Map<String, WorldProcess> tracked = new LinkedHashMap<>();

  /// All processes that it tracked at any time.
  final Set<WorldProcess> everTracked = new HashSet<>();

  /// The PIDs that its record named without a start time at any time.
  final Set<Long> bareNumbers = new HashSet<>();

  /// The owner's unit, marker and opt-out when it registered.
  final String ownersUnit;

  final @Nullable String ownersMark;
  final boolean ownerKeeps;

  /// The labels of its containers; empty until it makes one.
  Map<String, String> labels = Map.of();

  /// Whether its owner is ending what it made.
  boolean closing;

  /// Whether its owner ended it, or tried to, and left the rest to the next sweep.
  boolean abandoned;

  /// Whether its owner led its session when it registered.
  boolean leads;

  /// When its record was last written, by its owner or by a person.
  long writtenAtNanos;

  /// Whether a person changed its lock file or its record.
  boolean tamperedWith;

  WorldInstance(String id, Kind kind, @Nullable WorldProcess owner, int uid, String boot) {
    this.id = id;
    this.kind = kind;
    this.owner = owner;
    this.uid = uid;
    this.boot = boot;
    this.ownersUnit = owner == null ? "" : owner.unit;
    this.ownersMark = owner == null ? null : owner.mark;
    this.ownerKeeps = kind == Kind.SEXTON && owner != null && owner.keep;
  }

  void track(String name, WorldProcess process) {
    tracked.put(name, process);
    everTracked.add(process);
  }

  /// Returns whether it runs on another machine and therefore stays alive.
  boolean isElsewhere() {
    return kind == Kind.REMOTE || kind == Kind.CLONE;
  }

  boolean isDead() {
    return owner != null && owner.died;
  }

  boolean made(WorldProcess process) {
    return owner != null && process != owner && process.descendsFrom(owner);
  }

  String mark() {
    return World.APPLICATION + ":" + id;
  }

  @Override
  public String toString() {
    return id.substring(0, 8);
  }
}
