package dev.sexton.internal.process;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The process table as the JDK reports it, for macOS and Windows. It cannot see environments,
/// sessions or zombies. Processes with a marker are not found, and a zombie counts as alive.
public final class PortableProcessTable implements ProcessTable {
  /// The start time of a process if the platform does not report it. Never equal to another start
  /// time.
  private static final StartTime UNKNOWN_START = StartTime.millis(-1);

  private final Machine machine = new Machine("", "", "", StartUnit.MILLIS);
  private final SignalSender sender = new SignalSender(this::find, false);

  @Override
  public Machine machine() {
    return machine;
  }

  @Override
  public boolean seesWholeMachine() {
    return true;
  }

  @Override
  public @Nullable String defect() {
    return null;
  }

  @Override
  public StartTime now() {
    return StartTime.millis(System.currentTimeMillis());
  }

  @Override
  public Instant startedAt(StartTime start) {
    return Instant.ofEpochMilli(start.value());
  }

  @Override
  public StartTime startOf(Instant started) {
    return StartTime.millis(started.toEpochMilli());
  }

  @Override
  public Instant wallClock() {
    return Instant.now();
  }

  @Override
  public ProcessSnapshot snapshot() {
    List<ProcessInfo> processes = new ArrayList<>();
    ProcessHandle.allProcesses().forEach(handle -> processes.add(info(handle)));
    return new ProcessSnapshot(processes);
  }

  private static ProcessInfo info(ProcessHandle handle) {
    long parent = handle.parent().map(ProcessHandle::pid).orElse(0L);
    StartTime start =
        handle
            .info()
            .startInstant()
            .map(started -> StartTime.millis(started.toEpochMilli()))
            .orElse(UNKNOWN_START);
    return new ProcessInfo(
        handle.pid(),
        start,
        new ProcessInfo.Ancestry(parent, 0),
        ProcessInfo.State.RUNNING,
        ProcessInfo.Image.UNKNOWN);
  }

  @Override
  public ProcessLookup find(long pid) {
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    if (handle.isEmpty() || !handle.get().isAlive()) {
      return new ProcessLookup.Absent();
    }
    ProcessInfo process = info(handle.get());
    return process.start().equals(UNKNOWN_START)
        ? new ProcessLookup.Hidden("the system does not report when process " + pid + " started")
        : new ProcessLookup.Present(process);
  }

  @Override
  public @Nullable User user(ProcessInfo process) {
    return ProcessHandle.of(process.pid())
        .flatMap(handle -> handle.info().user())
        .map(user -> new User(-1, user))
        .orElse(null);
  }

  @Override
  public InstanceMarker mark(ProcessInfo process) {
    return InstanceMarker.NONE; // The system does not expose environments.
  }

  @Override
  public boolean tellsUserNames() {
    return true;
  }

  @Override
  public Interpreter interpreter(long pid) {
    String program =
        ProcessHandle.of(pid)
            .flatMap(handle -> handle.info().command())
            .orElse("")
            .replace('\\', '/');
    if (program.isEmpty()) {
      return Interpreter.HIDDEN;
    }
    String name = program.substring(program.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return name.startsWith("py") ? Interpreter.PYTHON : Interpreter.OTHER;
  }

  @Override
  public String command(long pid) {
    return ProcessHandle.of(pid)
        .map(ProcessHandle::info)
        .flatMap(info -> info.commandLine().or(info::command))
        .map(command -> command.substring(0, Math.min(command.length(), MAX_COMMAND)))
        .orElse("");
  }

  @Override
  public long residentBytes(long pid) {
    return 0; // The JDK does not report it.
  }

  @Override
  public long self() {
    return ProcessHandle.current().pid();
  }

  @Override
  public Set<Long> protectedPids() {
    Set<Long> pids = new HashSet<>();
    Optional<ProcessHandle> process = Optional.of(ProcessHandle.current());
    while (process.isPresent() && pids.add(process.get().pid())) {
      process = process.get().parent();
    }
    return pids;
  }

  @Override
  public boolean namespaceIsEmpty(String pidNamespace, StartTime by) {
    return false;
  }

  @Override
  public boolean seesNested(ProcessIdentity process) {
    return false;
  }

  @Override
  public SignalResult signal(ProcessInfo target, Signal signal) {
    if (target.start().equals(UNKNOWN_START)) {
      return SignalResult.DENIED;
    }
    return sender.send(target, signal);
  }
}
