package dev.sexton.simulation;

import dev.sexton.internal.process.ControlGroups;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessInfo.State;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.ProgramInfo;
import dev.sexton.internal.process.Signal;
import dev.sexton.internal.process.SignalResult;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.process.User;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The process table as one process sees it: from its PID namespace and with its rights.
final class SimulatedProcessTable implements ProcessTable {
  private static final ProcessLookup ABSENT = new ProcessLookup.Absent();
  private static final ProcessLookup HIDDEN = new ProcessLookup.Hidden("another user's");

  private final Actor actor;
  private final World world;
  private final Namespace view;
  private final ControlGroups controlGroups;

  SimulatedProcessTable(Actor actor) {
    this.actor = actor;
    this.world = actor.world;
    this.view = actor.process.namespace;
    this.controlGroups = new SimulatedControlGroups(actor);
  }

  @Override
  public Machine machine() {
    return world.machine(view);
  }

  @Override
  public boolean seesWholeMachine() {
    return view == world.host;
  }

  @Override
  public StartTime now() {
    return StartTime.ticks(world.ticks());
  }

  @Override
  public Instant startedAt(StartTime start) {
    return world.wallAt(start.value());
  }

  @Override
  public StartTime startOf(Instant started) {
    return StartTime.ticks(world.ticksAt(started));
  }

  @Override
  public ProcessSnapshot snapshot() {
    actor.look();
    List<ProcessInfo> processes = new ArrayList<>(world.processes.size());
    for (WorldProcess process : world.processes) {
      if (process.pidIn(view) != 0 && !isHidden(process)) {
        processes.add(info(process));
      }
    }
    return new ProcessSnapshot(processes);
  }

  private boolean isHidden(WorldProcess process) {
    return world.hidesOtherUsers && !actor.isRoot() && process.uid != actor.process.uid;
  }

  private ProcessInfo info(WorldProcess process) {
    WorldProcess parent = process.parent;
    return new ProcessInfo(
        process.pidIn(view),
        StartTime.ticks(process.startTicks),
        new ProcessInfo.Ancestry(
            parent == null ? 0 : parent.pidIn(view), process.session.pidIn(view)),
        process.state,
        ProcessInfo.Image.UNKNOWN);
  }

  private @Nullable WorldProcess at(long pid) {
    return view.byPid.get(pid);
  }

  @Override
  public ProcessLookup find(long pid) {
    actor.look();
    WorldProcess process = at(pid);
    if (process != null && !isHidden(process)) {
      return new ProcessLookup.Present(info(process));
    }
    return world.hidesOtherUsers && !actor.isRoot() ? HIDDEN : ABSENT;
  }

  private boolean mayInspect(WorldProcess process) {
    return actor.isRoot() || process.uid == actor.process.uid;
  }

  @Override
  public @Nullable User user(ProcessInfo info) {
    WorldProcess process = at(info.pid());
    return process == null || isHidden(process) ? null : new User(process.uid, "");
  }

  @Override
  public InstanceMarker mark(ProcessInfo info) {
    WorldProcess process = at(info.pid());
    if (process == null
        || isHidden(process)
        || !mayInspect(process)
        || process.state == State.ZOMBIE) {
      return InstanceMarker.NONE;
    }
    return new InstanceMarker(process.mark, process.keep);
  }

  @Override
  public Interpreter interpreter(long pid) {
    WorldProcess process = at(pid);
    if (process == null || process.state == State.ZOMBIE || isHidden(process)) {
      return Interpreter.HIDDEN;
    }
    if (process.python) {
      return Interpreter.PYTHON; // Anyone can read the command line.
    }
    return mayInspect(process) ? Interpreter.OTHER : Interpreter.HIDDEN;
  }

  @Override
  public ProgramInfo program(long pid) {
    WorldProcess process = at(pid);
    if (process == null || process.state == State.ZOMBIE || isHidden(process)) {
      return ProgramInfo.UNREADABLE;
    }
    List<String> line =
        switch (process.program) {
          case PLAIN -> List.of("/usr/bin/work");
          case MULTIPLEXER -> List.of("/usr/bin/tmux", "new-session", "-d");
          case BROWSER -> List.of("/usr/lib/firefox/firefox");
          case STEERED_BROWSER -> List.of("/usr/lib/firefox/firefox", "--headless");
        };
    String path = line.getFirst();
    String title =
        process.program == WorldProcess.Program.MULTIPLEXER
            ? "tmux: server"
            : path.substring(path.lastIndexOf('/') + 1);
    // Only the user can read the link to the executable, but anyone can read the command line.
    return new ProgramInfo(mayInspect(process) ? path : "", line, title);
  }

  @Override
  public @Nullable String systemdUnit(long pid) {
    WorldProcess process = at(pid);
    return process == null || isHidden(process) ? null : process.unit;
  }

  @Override
  public ControlGroups controlGroups() {
    return controlGroups;
  }

  @Override
  public String command(long pid) {
    return "command of " + pid;
  }

  @Override
  public long residentBytes(long pid) {
    return 0;
  }

  @Override
  public long self() {
    return actor.process.pidIn(view);
  }

  @Override
  public Set<Long> protectedPids() {
    Set<Long> pids = new HashSet<>();
    for (WorldProcess one = actor.process; one != null; one = one.parent) {
      if (one.pidIn(view) != 0) {
        pids.add(one.pidIn(view));
      }
    }
    return pids;
  }

  @Override
  public boolean namespaceIsEmpty(String pidNamespace, StartTime by) {
    return view == world.host
        && !(world.hidesOtherUsers && !actor.isRoot())
        && world.processes.stream()
            .noneMatch(one ->
                !one.died && one.startTicks <= by.value() && one.namespace.id.equals(pidNamespace));
  }

  @Override
  public boolean seesNested(ProcessIdentity process) {
    return view == world.host
        && world.processes.stream()
            .anyMatch(one ->
                !one.died
                    && !isHidden(one)
                    && one.namespace != world.host
                    && one.innerPid == process.pid()
                    && one.startTicks == process.start().value()
                    && one.namespace.id.equals(process.machine().pidNamespace()));
  }

  @Override
  public @Nullable String defect() {
    return null;
  }

  @Override
  public SignalResult signal(ProcessInfo target, Signal signal) {
    WorldProcess before = world.aimedAt; // The target of the actor that this one interrupts.
    world.aimedAt = at(target.pid());
    try {
      actor.before("signal");
    } finally {
      world.aimedAt = before;
    }
    if (target.pid() <= 1) {
      return SignalResult.DENIED;
    }
    WorldProcess process = at(target.pid());
    if (process == null) {
      return SignalResult.GONE;
    }
    if (process.startTicks != target.start().value()) {
      world.log.count("recycled before a signal");
      return SignalResult.RECYCLED;
    }
    if (process.died) {
      return SignalResult.GONE;
    }
    if (!mayInspect(process)) {
      return SignalResult.DENIED;
    }
    world.happened("SIG" + signal + " by " + actor.process.label, process, 0);
    world.judge.signal(actor, process, signal);
    world.log.count("SIG" + signal);
    switch (signal) {
      case TERM -> world.ask(process);
      case KILL -> world.kill(process);
      case STOP -> process.state = State.STOPPED;
      case CONT -> world.go(process);
    }
    actor.after("signal");
    return SignalResult.SENT;
  }
}
