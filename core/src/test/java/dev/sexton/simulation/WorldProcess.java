package dev.sexton.simulation;

import dev.sexton.internal.process.ProcessInfo.State;
import org.jspecify.annotations.Nullable;

/// A process as it truly is.
final class WorldProcess {
  /// Its reaction to SIGTERM.
  enum Temper {
    OBEYS,
    LINGERS,
    IGNORES,
    /// Forks first.
    FORKS
  }

  /// The program that it runs.
  enum Program {
    /// A program that is not kept.
    PLAIN,
    MULTIPLEXER,
    BROWSER,
    /// A browser that is under automation.
    STEERED_BROWSER;

    boolean isKept() {
      return this == MULTIPLEXER || this == BROWSER;
    }
  }

  final String label;
  final Namespace namespace;
  final long pid;
  final long innerPid;

  /// Its parent at birth, which never changes.
  final @Nullable WorldProcess maker;

  final long startTicks;
  final int uid;
  @Nullable WorldProcess parent;
  WorldProcess session;
  State state = State.RUNNING;
  Temper temper = Temper.OBEYS;
  @Nullable String mark;
  boolean keep;
  Program program = Program.PLAIN;

  /// Its systemd unit; empty if it has none.
  String unit = "";

  /// Its control group; null if it is in the top one.
  @Nullable WorldGroup group;

  boolean python;
  boolean subreaper;

  /// Hangs in the kernel, so that not even SIGKILL ends it for now.
  boolean stuck;

  boolean killPending;
  boolean termPending;
  boolean died;
  long bornAtNanos;
  long diedAtNanos;
  boolean reaped;

  WorldProcess(
      String label,
      Namespace namespace,
      long pid,
      long innerPid,
      @Nullable WorldProcess maker,
      long startTicks,
      int uid) {
    this.label = label;
    this.namespace = namespace;
    this.pid = pid;
    this.innerPid = innerPid;
    this.maker = maker;
    this.parent = maker;
    this.startTicks = startTicks;
    this.uid = uid;
    this.session = maker == null ? this : maker.session;
  }

  /// Returns its PID as seen from a namespace; 0 if it is not visible there.
  long pidIn(Namespace view) {
    return view == namespace ? innerPid : view.id.equals(World.HOST_NAMESPACE) ? pid : 0;
  }

  boolean isAlive() {
    return !died;
  }

  /// Returns whether it is this process or descends from it by birth.
  boolean descendsFrom(WorldProcess ancestor) {
    for (WorldProcess one = this; one != null; one = one.maker) {
      if (one == ancestor) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return label;
  }
}
