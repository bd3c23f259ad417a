package dev.sexton.internal;

import dev.sexton.RecordException;
import dev.sexton.internal.lock.FileInstanceLocks;
import dev.sexton.internal.lock.InstanceLocks;
import dev.sexton.internal.process.LinuxProcessTable;
import dev.sexton.internal.process.PortableProcessTable;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Ports;
import dev.sexton.internal.sweep.SystemClock;
import dev.sexton.internal.sweep.ThreadWorkers;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.spi.ResourceProviderFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ports as they are on this machine. */
public final class Platform {
  private static final class Resident {
    static final ProcessTable PROCESSES = processes(true);
  }

  private static volatile @Nullable List<ResourceProviderFactory> installed;

  private Platform() {}

  /**
   * Says which providers there are, for a program that knows: to search the class path for them
   * opens its jars, which is a twelfth of what a short command takes.
   */
  public static void install(List<ResourceProviderFactory> factories) {
    installed = List.copyOf(factories);
  }

  /** The process table for a JVM that stays. */
  public static ProcessTable residentProcesses() {
    return Resident.PROCESSES;
  }

  /**
   * The process table of this machine.
   *
   * @param resident whether this JVM stays, so that it may take its time to set up
   */
  public static ProcessTable processes(boolean resident) {
    // By the operating system: on Windows, anybody can make a directory called /proc.
    return System.getProperty("os.name", "").equals("Linux")
        ? new LinuxProcessTable(resident)
        : new PortableProcessTable();
  }

  /** The locks of this machine. */
  public static InstanceLocks locks() {
    return new FileInstanceLocks();
  }

  /**
   * Whether the locks of the file system work on this file, by a look at one; null if that cannot
   * be asked. Changes nothing and disturbs nobody.
   */
  public static @Nullable Boolean locksWork(Path file) {
    return switch (locks().probeOwner(file)) {
      case HELD, OURS, FREE -> true;
      case UNKNOWN -> false;
      case MISSING, DENIED -> null;
    };
  }

  /** The engines that this environment leads to, by all providers that are installed. */
  public static List<ResourceProvider> providers(Map<String, String> environment) {
    List<ResourceProvider> providers = new ArrayList<>();
    Iterable<ResourceProviderFactory> factories = installed;
    if (factories == null) {
      factories = ServiceLoader.load(ResourceProviderFactory.class);
    }
    for (ResourceProviderFactory factory : factories) {
      providers.addAll(factory.discover(environment));
    }
    providers.forEach(ResourceProvider::prepare); // For nobody looks for one without asking it.
    return providers;
  }

  /**
   * The engines that a look at these instances may need; none where nobody can have made a
   * container: to find one takes longer than to sweep processes.
   *
   * @param directories where to look
   * @param instanceIds only these instances; all if empty
   */
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

  private static boolean mayHaveContainers(StateDirectory directory, String instanceId) {
    String name = StateDirectory.recordOf(instanceId);
    try {
      return !Boolean.FALSE.equals(directory.read(name).record(name).usesContainers());
    } catch (RecordException.Missing elsewhere) {
      return false; // In another of the directories, or swept by somebody else.
    } catch (RecordException unreadable) {
      return true;
    }
  }

  /** All ports. */
  public static Ports ports(ProcessTable processes, List<ResourceProvider> providers) {
    return new Ports(processes, locks(), providers, new SystemClock(), new ThreadWorkers());
  }
}
