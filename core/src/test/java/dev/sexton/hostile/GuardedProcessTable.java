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
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.process.User;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The real process table with guarded signals.
///
/// Reads are real. A signal reaches only a process that the test allowed. Any other signal is
/// recorded as a violation and is not sent.
public final class GuardedProcessTable implements ProcessTable {
  private final ProcessTable real;
  private final Set<String> allowed = ConcurrentHashMap.newKeySet();
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private final List<String> violations = new CopyOnWriteArrayList<>();

  /// Creates a guard over this machine's table.
  public GuardedProcessTable() {
    this(new LinuxProcessTable(true));
  }

  /// Creates a guard over another table.
  public GuardedProcessTable(ProcessTable real) {
    this.real = real;
  }

  /// Allows signals to the process that has this PID now.
  public void allow(long pid) {
    if (real.find(pid) instanceof ProcessLookup.Present present) {
      allowed.add(key(present.process()));
    }
  }

  /// Returns every signal that was aimed at a process that was not allowed.
  public List<String> violations() {
    return violations;
  }

  /// Returns every signal that was let through: its name and the PID.
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

  /// Always returns true, so that records of bare PIDs are judged inside a container too.
  @Override
  public boolean seesWholeMachine() {
    return true;
  }

  @Override
  public Machine machine() {
    return real.machine();
  }

  @Override
  public StartTime now() {
    return real.now();
  }

  @Override
  public Instant startedAt(StartTime start) {
    return real.startedAt(start);
  }

  @Override
  public StartTime startOf(Instant started) {
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
  public boolean namespaceIsEmpty(String pidNamespace, StartTime by) {
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
