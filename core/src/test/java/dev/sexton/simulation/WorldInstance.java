package dev.sexton.simulation;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An instance as it truly is, whatever its record says. */
final class WorldInstance {
  /** What kind of server it is. */
  enum Kind {
    /** Registered as the protocol says. */
    SEXTON,
    /** Registered as the original does: a bare process ID, no lock. */
    ORIGINAL,
    /** A server of either kind on another machine that shares the directory. It lives on. */
    REMOTE,
    /// A server on a machine that was cloned from ours, and shares the engine and maybe the
    /// directory: it has our host ID, and a boot of its own. It lives on.
    CLONE
  }

  final String id;
  final Kind kind;

  /** Null if it runs on another machine. */
  final @Nullable WorldProcess owner;

  final int uid;
  final String boot;

  /** What it tracks, by name. */
  final Map<String, WorldProcess> tracked = new LinkedHashMap<>();

  /// What it tracked at any time.
  final Set<WorldProcess> everTracked = new HashSet<>();

  /// The process IDs that its record named without a start time at any time.
  final Set<Long> bareNumbers = new HashSet<>();

  /// The owner's unit, mark and opting out when it registered.
  final String ownersUnit;

  final @Nullable String ownersMark;
  final boolean ownerKeeps;

  /** What it labels its containers with; empty until it makes one. */
  Map<String, String> labels = Map.of();

  /** Its owner is ending what it made. */
  boolean closing;

  /** Its owner ended it, or tried to, and left the rest to the next sweep. */
  boolean abandoned;

  /** Its owner led its session when it registered. */
  boolean leads;

  /** When its record was last written, by its owner or a person. */
  long writtenAtNanos;

  /** A person gave its lock file, or its record, another shape. */
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

  /// Whether it runs on another machine, and so lives on.
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
