package dev.sexton.simulation;

import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessInfo.State;
import dev.sexton.internal.process.StartUnit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One machine with its processes, clocks, files and container engine, as they truly are.
///
/// Time passes only while someone waits.
final class World {
  static final String APPLICATION = "deephaven-mcp";
  static final String HOST_NAMESPACE = "pid:[4026531836]";
  static final String HOST = "host-1";
  static final int ROOT = 0;
  static final int USER = 1000;
  static final int OTHER_USER = 2000;
  static final long TICK_NANOS = 10_000_000;
  static final long SECOND = 1_000_000_000;
  private static final Instant BEGINNING = Instant.parse("2026-02-03T04:05:06Z");

  private record Due(long nanos, long order, Runnable action) {}

  final SeededRandom chance;
  final EventLog log = new EventLog();
  final Namespace host;
  final List<Namespace> containers = new ArrayList<>();
  final List<WorldProcess> processes = new ArrayList<>();

  /// All processes that ever were, also those of earlier boots.
  final List<WorldProcess> everyone = new ArrayList<>();

  final List<WorldInstance> instances = new ArrayList<>();
  final SimulatedFiles files = new SimulatedFiles(this);
  final SimulatedEngine engine = new SimulatedEngine(this);
  final LeftAlone leftAlone = new LeftAlone(this);
  final Judge judge = new Judge(this);

  /// Listeners that are told of each death.
  final List<Consumer<WorldProcess>> mourners = new ArrayList<>();

  final List<Violation> violations = new ArrayList<>();
  private final PriorityQueue<Due> due =
      new PriorityQueue<>((a, b) ->
          a.nanos != b.nanos ? Long.compare(a.nanos, b.nanos) : Long.compare(a.order, b.order));

  long nanos = SECOND;
  long bootedAt = -3600 * SECOND;
  long wallOffset;
  int boots = 1;
  int depth;

  /// How many actors are between their last read of a record and its removal or rewrite.
  int recording;

  /// The process whose PID is being signalled at this moment.
  @Nullable WorldProcess aimedAt;

  /// Whether the kernel lets servers have control groups in this world.
  boolean hasGroups;

  /// The control groups of instances, by path.
  final Map<String, WorldGroup> groups = new HashMap<>();

  WorldProcess init;

  /// Whether /proc hides the processes of other users.
  boolean hidesOtherUsers;

  /// Whether the directory is on a file system that other machines can access.
  boolean shared;

  /// Whether the wall clock may be set back in this world.
  boolean clockGoesBack;

  /// Whether lock files get replaced in this world.
  ///
  /// A sweeper may be unable to see the owner because it runs in a container or because `/proc`
  /// hides the owner. To such a sweeper, a replaced file says that the lock is free: the contract
  /// trusts the lock more than anything. So in this world everyone sees everyone.
  boolean locksGetReplaced;

  boolean clockWasSet;

  /// When it was last set; long before everything else if it never was.
  long clockSetAtNanos = Long.MIN_VALUE;

  private long latestWall;
  private int born;
  private long orders;
  private Set<Long> bareNumbers = new HashSet<>();

  World(long seed) {
    chance = new SeededRandom(seed);
    host = new Namespace(HOST_NAMESPACE, chance.oneIn(2) ? 40 : 90);
    init = boot();
  }

  private WorldProcess boot() {
    WorldProcess first = new WorldProcess("init" + boots, host, 1, 1, null, ticks(), ROOT);
    host.byPid.put(1L, first);
    processes.add(first);
    everyone.add(first);
    return first;
  }

  // ---- time

  long ticks() {
    return (nanos - bootedAt) / TICK_NANOS;
  }

  Instant wall() {
    return BEGINNING.plusNanos(nanos + wallOffset);
  }

  Instant wallAt(long ticks) {
    return wall().minusNanos(nanos - bootedAt).plusNanos(ticks * TICK_NANOS);
  }

  /// The inverse of [#wallAt].
  long ticksAt(Instant wall) {
    return Math.floorDiv(Duration.between(wallAt(0), wall).toNanos(), TICK_NANOS);
  }

  void setClock(long byNanos) {
    latestWall = Math.max(latestWall, nanos + wallOffset);
    wallOffset += byNanos;
    clockWasSet = true;
    clockSetAtNanos = nanos;
    happened("clock is set by ms", "", byNanos / 1_000_000);
    log.count(byNanos < 0 ? "clock set back" : "clock set forward");
  }

  /// Lets time pass, and runs what is due.
  void pass(long duration) {
    long until = nanos + Math.max(0, duration);
    while (!due.isEmpty() && due.peek().nanos <= until) {
      Due next = due.remove();
      nanos = Math.max(nanos, next.nanos);
      next.action.run();
    }
    nanos = Math.max(nanos, until);
  }

  /// Lets time pass until the wall clock is past every time that it has shown.
  void outliveClock() {
    pass(Math.max(0, latestWall - (nanos + wallOffset)));
  }

  void later(long delay, Runnable action) {
    due.add(new Due(nanos + delay, orders++, action));
  }

  String bootId() {
    return "boot-" + boots;
  }

  Machine machine(Namespace view) {
    String boot = view.masked ? "" : bootId();
    return new Machine(HOST, boot, view.id, StartUnit.TICKS);
  }

  void happened(String what, Object whom, long number) {
    log.add(nanos, depth, what, whom.toString(), number);
  }

  void violated(String what) {
    Violation violation = new Violation(what);
    happened("VIOLATION: " + what, "", 0);
    violations.add(violation);
    throw violation;
  }

  // ---- processes

  WorldProcess spawn(WorldProcess maker, int uid) {
    return spawn(maker, uid, maker.namespace, 0);
  }

  /// Spawns a process.
  ///
  /// @param wanted the PID that it gets if that is free
  WorldProcess spawn(WorldProcess maker, int uid, Namespace namespace, long wanted) {
    Set<Long> reserved = reserved();
    long pid = host.allocate(wanted, nanos, namespace == host || wanted == 0 ? reserved : Set.of());
    long inner = pid;
    if (namespace != host) {
      inner = namespace.byPid.isEmpty() ? 1 : namespace.allocate(0, nanos, Set.of());
    }
    String label = "p" + ++born + "(" + pid + ")";
    WorldProcess child = new WorldProcess(label, namespace, pid, inner, maker, ticks(), uid);
    child.bornAtNanos = nanos;
    child.mark = maker.mark;
    child.keep = maker.keep;
    child.python = maker.python;
    child.unit = maker.unit;
    child.group = maker.group;
    host.byPid.put(pid, child);
    if (namespace != host) {
      namespace.byPid.put(inner, child);
    }
    processes.add(child);
    everyone.add(child);
    happened("born of " + maker.label, child, 0);
    return child;
  }

  /// Remembers a PID for which a record gives no start time.
  void recordedBare(long number) {
    bareNumbers.add(number);
  }

  /// Returns the PIDs that are not assigned now.
  ///
  /// The contract lets a bare PID prove something if the process did not start more than 2 s after
  /// the record was last written, by the wall clock. So a PID that a record names without a start
  /// time is not reused within 3 s of the owner's death, nor while the owner keeps the entry. If
  /// the clock is set back, it is never reused.
  private Set<Long> reserved() {
    if (clockGoesBack) {
      return bareNumbers;
    }
    Set<Long> reserved = new HashSet<>();
    for (WorldInstance instance : instances) {
      WorldProcess owner = instance.owner;
      if (instance.kind == WorldInstance.Kind.ORIGINAL
          && owner != null
          && (!owner.died || owner.diedAtNanos + 3 * SECOND > nanos)) {
        instance.tracked.values().forEach(process -> reserved.add(process.pid));
      }
    }
    return reserved;
  }

  void lead(WorldProcess process) {
    // setsid(2) fails for the leader of a group, so real programs fork first.
    process.session = process;
    happened("leads a session", process, 0);
  }

  /// Ends a process.
  ///
  /// It becomes a zombie if its parent does not reap it.
  void die(WorldProcess process, boolean zombie) {
    if (process.died || process == init) {
      return;
    }
    process.died = true;
    process.diedAtNanos = nanos;
    process.state = State.ZOMBIE;
    happened("dies", process, 0);
    mourners.forEach(mourner -> mourner.accept(process));
    if (process.namespace != host && process.innerPid == 1) {
      List.copyOf(process.namespace.byPid.values()).forEach(inside -> die(inside, false));
    }
    WorldProcess heir = heir(process);
    for (WorldProcess child : List.copyOf(processes)) {
      if (child.parent == process && !child.reaped) {
        child.parent = heir;
        if (child.died) {
          reap(child);
        }
      }
    }
    WorldProcess parent = process.parent;
    if (!zombie || parent == null || parent == init || parent.died) {
      reap(process);
    } else {
      log.count("zombie");
    }
  }

  private WorldProcess heir(WorldProcess process) {
    for (WorldProcess one = process.parent; one != null; one = one.parent) {
      boolean reaper = one.subreaper || one.innerPid == 1;
      if (!one.died && reaper && one.namespace == process.namespace) {
        return one;
      }
    }
    return init;
  }

  void reap(WorldProcess process) {
    if (process.reaped) {
      return;
    }
    process.reaped = true;
    processes.remove(process);
    host.free(process.pid, nanos);
    if (process.namespace != host) {
      process.namespace.free(process.innerPid, nanos);
    }
  }

  /// Sends SIGKILL.
  void kill(WorldProcess process) {
    if (process.stuck) {
      process.killPending = true;
    } else {
      die(process, chance.oneIn(4));
    }
  }

  /// Sends SIGTERM.
  void ask(WorldProcess process) {
    if (process.stuck || process.state == State.STOPPED || isHeld(process)) {
      process.termPending = true;
      return;
    }
    switch (process.temper) {
      case OBEYS -> die(process, chance.oneIn(4));
      case LINGERS -> later(chance.between(0, 4 * SECOND), () -> die(process, false));
      case FORKS -> {
        WorldProcess child = spawn(process, process.uid);
        child.temper = chance.oneIn(2) ? WorldProcess.Temper.IGNORES : WorldProcess.Temper.OBEYS;
        log.count("forked while being stopped");
        die(process, false);
      }
      case IGNORES -> {}
    }
  }

  /// Returns whether its control group is frozen.
  boolean isHeld(WorldProcess process) {
    return process.group != null && process.group.isHeld();
  }

  /// Thaws a process with its control group.
  ///
  /// A SIGTERM that arrived meanwhile takes effect now.
  void thaw(WorldProcess process) {
    boolean goes = !process.died && !process.stuck && process.state == State.RUNNING;
    if (goes && process.termPending && !isHeld(process)) {
      process.termPending = false;
      ask(process);
    }
  }

  void go(WorldProcess process) {
    if (process.state == State.STOPPED) {
      process.state = State.RUNNING;
      if (process.termPending) {
        process.termPending = false;
        ask(process);
      }
    }
  }

  /// Restarts the machine: processes die, their locks end, files and containers stay.
  void reboot() {
    happened("reboot", "", 0);
    log.count("reboot");
    for (WorldProcess process : List.copyOf(processes)) {
      process.died = true;
      process.diedAtNanos = nanos;
      process.state = State.ZOMBIE;
      process.reaped = true;
    }
    processes.clear();
    containers.clear();
    groups.clear();
    host.restart();
    due.clear();
    engine.restart();
    boots++;
    nanos += 20 * SECOND;
    bootedAt = nanos - 5 * SECOND;
    init = boot();
  }

  List<WorldProcess> living() {
    List<WorldProcess> living = new ArrayList<>();
    for (WorldProcess process : processes) {
      if (!process.died && process.innerPid != 1) {
        living.add(process);
      }
    }
    return living;
  }

  @Nullable WorldInstance instance(String id) {
    for (WorldInstance instance : instances) {
      if (instance.id.equals(id)) {
        return instance;
      }
    }
    return null;
  }
}
