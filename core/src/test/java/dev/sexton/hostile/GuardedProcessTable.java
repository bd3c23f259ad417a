package dev.sexton.hostile;

import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.LinuxProcessTable;
import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.ProgramInfo;
import dev.sexton.internal.process.Signal;
import dev.sexton.internal.process.SignalResult;
import dev.sexton.internal.process.User;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The real process table, of which the reading half is real and the signalling half is on a leash:
 * a signal reaches only a process that the test allowed; any other is recorded as a violation and
 * goes nowhere.
 */
public final class GuardedProcessTable implements ProcessTable {
  private final ProcessTable real;
  private final Set<String> allowed = ConcurrentHashMap.newKeySet();
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private final List<String> violations = new CopyOnWriteArrayList<>();

  /** Over this machine's table. */
  public GuardedProcessTable() {
    this(new LinuxProcessTable(true));
  }

  /** Over another table. */
  public GuardedProcessTable(ProcessTable real) {
    this.real = real;
  }

  /** Lets signals through to this process, as it is now. */
  public void allow(long pid) {
    if (real.find(pid) instanceof ProcessLookup.Present present) {
      allowed.add(key(present.process()));
    }
  }

  /** Every signal that went to a process that was not allowed. */
  public List<String> violations() {
    return violations;
  }

  /** Every signal that was let through: its name and the process ID. */
  public List<String> sent() {
    return sent;
  }

  private static String key(ProcessInfo process) {
    return process.pid() + "@" + process.start();
  }

  @Override
  public boolean tellsUserNames() {
    return real.tellsUserNames();
  }

  @Override
  public SignalResult signal(ProcessInfo target, Signal signal) {
    if (!allowed.contains(key(target))) {
      violations.add(signal + " " + target);
      return SignalResult.DENIED;
    }
    sent.add(signal + " " + target.pid());
    return real.signal(target, signal);
  }

  /** Always, so that records of mere process IDs are judged inside a container too. */
  @Override
  public boolean seesWholeMachine() {
    return true;
  }

  @Override
  public Machine machine() {
    return real.machine();
  }

  @Override
  public long now() {
    return real.now();
  }

  @Override
  public Instant startedAt(long start) {
    return real.startedAt(start);
  }

  @Override
  public long startOf(Instant started) {
    return real.startOf(started);
  }

  @Override
  public ProcessSnapshot snapshot() {
    return real.snapshot();
  }

  @Override
  public ProcessLookup find(long pid) {
    return real.find(pid);
  }

  @Override
  public @Nullable User user(ProcessInfo process) {
    return real.user(process);
  }

  @Override
  public InstanceMarker mark(ProcessInfo process) {
    return real.mark(process);
  }

  @Override
  public boolean isKnownUnmarked(ProcessInfo process) {
    return real.isKnownUnmarked(process);
  }

  @Override
  public Interpreter interpreter(long pid) {
    return real.interpreter(pid);
  }

  @Override
  public ProgramInfo program(long pid) {
    return real.program(pid);
  }

  @Override
  public @Nullable String systemdUnit(long pid) {
    return real.systemdUnit(pid);
  }

  @Override
  public String command(long pid) {
    return real.command(pid);
  }

  @Override
  public long residentBytes(long pid) {
    return real.residentBytes(pid);
  }

  @Override
  public long self() {
    return real.self();
  }

  @Override
  public Set<Long> protectedPids() {
    return real.protectedPids();
  }

  @Override
  public boolean namespaceIsEmpty(String pidNamespace, long by) {
    return real.namespaceIsEmpty(pidNamespace, by);
  }

  @Override
  public boolean seesNested(ProcessIdentity process) {
    return real.seesNested(process);
  }

  @Override
  public @Nullable String defect() {
    return real.defect();
  }
}
