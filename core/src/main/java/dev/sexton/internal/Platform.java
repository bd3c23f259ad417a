package dev.sexton.internal;

import dev.sexton.RecordException;
import dev.sexton.internal.lock.FileInstanceLocks;
import dev.sexton.internal.lock.InstanceLocks;
import dev.sexton.internal.process.LinuxProcessTable;
import dev.sexton.internal.process.PortableProcessTable;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.NamedEngines;
import dev.sexton.internal.sweep.Ports;
import dev.sexton.internal.sweep.SystemClock;
import dev.sexton.internal.sweep.ThreadWorkers;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.spi.ResourceProviders;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Creates this machine's implementations of the ports.
public final class Platform {
  private static final class Resident {
    static final ProcessTable PROCESSES = processes(true);
  }

  private Platform() {}

  /// Returns the process table of a long-lived JVM.
  public static ProcessTable residentProcesses() {
    return Resident.PROCESSES;
  }

  /// Returns this machine's process table.
  ///
  /// @param resident whether this JVM is long-lived, so that a slower setup pays off
  public static ProcessTable processes(boolean resident) {
    // Checks the operating system, because anybody can create a directory called /proc on Windows.
    return System.getProperty("os.name", "").equals("Linux")
        ? new LinuxProcessTable(resident)
        : new PortableProcessTable();
  }

  /// Returns this machine's locks.
  public static InstanceLocks locks() {
    return new FileInstanceLocks();
  }

  /// Returns the container engines that this environment leads to, from all installed providers.
  public static List<ResourceProvider> providers(Map<String, String> environment) {
    return ResourceProviders.discover(environment);
  }

  /// Returns the container engines that a pass over these instances may need. Empty if no instance
  /// can have created a container, because finding an engine takes longer than sweeping processes.
  ///
  /// @param directories the directories to search
  /// @param instanceIds the only instances to consider, or empty for all
  public static List<ResourceProvider> providers(
      Map<String, String> environment,
      Collection<? extends StateDirectory> directories,
      Set<String> instanceIds) {
    for (StateDirectory directory : directories) {
      if (instanceIds.isEmpty()
          ? directory.exists()
          : instanceIds.stream().anyMatch(id -> mayHaveContainers(directory, id))) {
        return providers(environment);
      }
    }
    return List.of();
  }

  /// Returns the source of the engines that records name.
  ///
  /// @param environment the environment of this process
  public static NamedEngines namedEngines(Map<String, String> environment) {
    return NamedEngines.by(
        environment, terms -> ResourceProviders.find(terms.environment(environment)));
  }

  private static boolean mayHaveContainers(StateDirectory directory, String instanceId) {
    String name = StateDirectory.recordOf(instanceId);
    try {
      return directory.read(name).record(name).containers() != ContainerUse.UNUSED;
    } catch (RecordException.Missing elsewhere) {
      return false; // It is in another directory, or was swept concurrently.
    } catch (RecordException unreadable) {
      return true;
    }
  }

  /// Returns all ports.
  public static Ports ports(ProcessTable processes, List<ResourceProvider> providers) {
    return new Ports(processes, locks(), providers, new SystemClock(), new ThreadWorkers());
  }
}
