package dev.sexton.internal.process;

import java.io.File;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The process table of Linux, read from `/proc`.
public final class LinuxProcessTable implements ProcessTable {
  private final long ticksPerSecond = LinuxMachine.ticksPerSecond();
  private final LinuxClock clock = new LinuxClock(ticksPerSecond);
  private final long timeOffset = TimeNamespace.offset(ticksPerSecond);

  /// Subtracted from each start time that the kernel shows.
  private final long shift = timeOffset == TimeNamespace.UNREADABLE ? 0 : timeOffset;

  private final @Nullable String defect = OwnProc.defect();
  private final Machine machine =
      LinuxMachine.read(defect == null, timeOffset != TimeNamespace.UNREADABLE);
  private final ControlGroups controlGroups = new LinuxControlGroups();
  private final SignalSender sender;
  private @Nullable Boolean hidesOtherUsers;

  /// Processes without a marker, by process ID. Reading an environment costs as much as everything
  /// else about a process. A process without a marker gets none before its image changes.
  private final Map<Long, ProcessInfo> unmarked = new ConcurrentHashMap<>();

  /// Creates a table.
  ///
  /// @param resident whether this JVM lives long enough for process descriptors to pay off. Setting
  ///   them up takes about 50 ms once
  public LinuxProcessTable(boolean resident) {
    this.sender = new SignalSender(this::find, resident);
  }

  /// Returns whether process descriptors are available here. Takes about 50 ms the first time.
  public static boolean hasDescriptors() {
    return Kernel.instance() != null;
  }

  @Override
  public Machine machine() {
    return machine.pidNamespace().isEmpty() || OwnProc.showsSelf()
        ? machine
        : new Machine(machine.host(), machine.boot(), "", machine.unit());
  }

  @Override
  public @Nullable String defect() {
    return defect == null && !OwnProc.showsSelf() ? OwnProc.FOREIGN : defect;
  }

  @Override
  public boolean seesWholeMachine() {
    return LinuxMachine.isFirstPidNamespace(machine().pidNamespace());
  }

  /// Returns whether the start times that the kernel shows here cannot be compared with those that
  /// it shows to processes outside this time namespace.
  public boolean hidesStartTimes() {
    return timeOffset == TimeNamespace.UNREADABLE;
  }

  /// Returns whether `/proc/uptime` shows a different clock from that of start times.
  ///
  /// @throws IllegalStateException if the clock of start times cannot be read
  public boolean contradictsUptime() {
    return clock.contradictsUptime();
  }

  @Override
  public StartTime now() {
    return StartTime.ticks(nowTicks());
  }

  @Override
  public Instant startedAt(StartTime start) {
    return Instant.ofEpochMilli(bootMillis() + start.value() * 1000 / ticksPerSecond);
  }

  @Override
  public StartTime startOf(Instant started) {
    return StartTime.ticks((started.toEpochMilli() - bootMillis()) * ticksPerSecond / 1000);
  }

  private long nowTicks() {
    return clock.now() - shift;
  }

  private long bootMillis() {
    return LinuxClock.origin(System::currentTimeMillis, () -> nowTicks() * 1000 / ticksPerSecond);
  }

  @Override
  public Instant wallClock() {
    return Instant.now();
  }

  @Override
  public ProcessSnapshot snapshot() {
    String[] names = defect() == null ? new File("/proc").list() : new String[0];
    List<ProcessInfo> processes = new ArrayList<>();
    Set<Long> unreadable = new HashSet<>();
    if (names == null) {
      // A table that cannot be read is not an empty one.
      throw new IllegalStateException(
          "/proc cannot be listed: does this program have too many files open?");
    }
    for (String name : names) {
      if (name.charAt(0) >= '1' && name.charAt(0) <= '9') {
        long pid = Long.parseLong(name);
        try {
          ProcessInfo process = ProcFiles.statOfListed(pid);
          if (process != null) {
            processes.add(process.startedEarlier(shift));
          }
        } catch (IOException hidden) {
          // Another user's process under hidepid=1, or no file descriptor is left for reading it.
          unreadable.add(pid);
        }
      }
    }
    ProcessSnapshot snapshot = new ProcessSnapshot(processes, unreadable);
    unmarked.keySet().removeIf(pid -> snapshot.find(pid) == null);
    return snapshot;
  }

  @Override
  public ProcessLookup find(long pid) {
    if (defect != null) {
      return new ProcessLookup.Hidden(defect);
    }
    try {
      ProcessInfo process = ProcFiles.stat(pid);
      if (process != null) {
        return new ProcessLookup.Present(process.startedEarlier(shift));
      }
    } catch (IOException denied) {
      return new ProcessLookup.Hidden("not permitted to read /proc/" + pid + "/stat");
    }
    String lost = defect();
    if (lost != null) {
      return new ProcessLookup.Hidden(lost);
    }
    return hidesOtherUsers()
        ? new ProcessLookup.Hidden("/proc hides the processes of other users")
        : new ProcessLookup.Absent();
  }

  private synchronized boolean hidesOtherUsers() {
    Boolean hides = hidesOtherUsers;
    if (hides == null) {
      hides =
          ProcFiles.realUid(ProcessHandle.current().pid()) != 0 && LinuxMachine.hidesOtherUsers();
      hidesOtherUsers = hides;
    }
    return hides;
  }

  @Override
  public @Nullable User user(ProcessInfo process) {
    long uid = ProcFiles.realUid(process.pid());
    return uid < 0 ? null : new User(uid, "");
  }

  @Override
  public InstanceMarker mark(ProcessInfo process) {
    if (process.image().kernel()) {
      return InstanceMarker.NONE;
    }
    Environment environment =
        Environment.of(process.pid(), InstanceMarker.VARIABLE, InstanceMarker.KEEP);
    InstanceMarker mark =
        new InstanceMarker(
            environment.value(0),
            InstanceMarker.optsOut(environment.value(1)),
            environment.source());
    if (mark.isNone() && !mark.mayBeHidden() && process.image().isKnown()) {
      unmarked.put(process.pid(), process);
    }
    return mark;
  }

  @Override
  public boolean isKnownUnmarked(ProcessInfo process) {
    ProcessInfo known = unmarked.get(process.pid());
    return known != null && known.sameAs(process) && known.image().equals(process.image());
  }

  @Override
  public Interpreter interpreter(long pid) {
    return LinuxPrograms.interpreter(pid);
  }

  @Override
  public ProgramInfo program(long pid) {
    return LinuxPrograms.program(pid);
  }

  @Override
  public String command(long pid) {
    return LinuxPrograms.command(pid);
  }

  @Override
  public @Nullable String systemdUnit(long pid) {
    return SystemdUnit.of(ProcFiles.text("/proc/" + pid + "/cgroup"));
  }

  @Override
  public ControlGroups controlGroups() {
    return controlGroups;
  }

  @Override
  public long residentBytes(long pid) {
    String status = ProcFiles.text("/proc/" + pid + "/status");
    int at = status.indexOf("\nVmRSS:");
    if (at < 0) {
      return 0;
    }
    long kilobytes = 0;
    for (int i = at + 7; i < status.length() && status.charAt(i) != '\n'; i++) {
      char digit = status.charAt(i);
      if (digit >= '0' && digit <= '9') {
        kilobytes = kilobytes * 10 + (digit - '0');
      }
    }
    return kilobytes * 1024;
  }

  @Override
  public long self() {
    return ProcessHandle.current().pid();
  }

  @Override
  public Set<Long> protectedPids() {
    Set<Long> pids = new HashSet<>();
    long pid = ProcessHandle.current().pid();
    while (pid > 0 && pids.add(pid)) {
      pid = find(pid) instanceof ProcessLookup.Present present ? present.process().parent() : 0;
    }
    return pids;
  }

  // The first process of a namespace is older than all others and lives at least as long as they
  // do. One pass is therefore enough, and processes that started later need not be checked.
  @Override
  public boolean namespaceIsEmpty(String pidNamespace, StartTime by) {
    if (!seesWholeMachine() || pidNamespace.isEmpty() || hidesOtherUsers()) {
      return false;
    }
    ProcessSnapshot snapshot = snapshot();
    if (!snapshot.isComplete()) {
      return false;
    }
    for (ProcessInfo process : snapshot.all()) {
      if (!process.start().isAfter(by)
          && process.isAlive()
          && !process.image().kernel()
          && PidNamespaces.mayBeIn(process, pidNamespace)) {
        return false;
      }
    }
    return OwnProc.showsSelf();
  }

  @Override
  public boolean seesNested(ProcessIdentity process) {
    for (ProcessInfo one : snapshot().all()) {
      if (one.start().equals(process.start())
          && one.isAlive()
          && PidNamespaces.isNested(one.pid(), process)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public SignalResult signal(ProcessInfo target, Signal signal) {
    return sender.send(target, signal);
  }
}
