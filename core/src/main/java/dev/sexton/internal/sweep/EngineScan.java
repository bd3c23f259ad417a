package dev.sexton.internal.sweep;

import dev.sexton.internal.process.Machine;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.StartUnit;
import dev.sexton.internal.sweep.Ports.Workers;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the resources in container engines that carry an application's label.
public final class EngineScan {
  /// The key of the label with the identity of the owner; see [#ownerLabel].
  public static final String OWNER_LABEL = "sexton.owner";

  /// The key of the label with the state directory in which the instance is registered.
  public static final String STATE_LABEL = "sexton.state-dir";

  private static final String INSTANCE_SUFFIX = "-server-instance";

  private static final String VERSION = "1";

  /// A labelled resource and the engine that holds it.
  ///
  /// @param provider the engine
  /// @param resource the resource
  record Found(ResourceProvider provider, LabelledResource resource) {
    String key() {
      return resource.kind() + " " + resource.id();
    }
  }

  /// The result of one scan of all engines.
  ///
  /// @param found the resources that they hold, those of each engine in the order in which they
  ///   must be stopped
  /// @param failures why engines could not be asked
  record Look(List<Found> found, List<Failure> failures) {}

  /// An engine that could not be asked.
  ///
  /// @param provider the engine
  /// @param reason the reason, in one line
  record Failure(ResourceProvider provider, String reason) {}

  private EngineScan() {}

  /// Returns the key of the label that names the instance. For the original's application, it is
  /// the original's key.
  public static String instanceLabel(String application) {
    return application + INSTANCE_SUFFIX;
  }

  /// Returns whether a label's key names the instance of some application.
  static boolean isInstanceLabel(String key) {
    return key.endsWith(INSTANCE_SUFFIX);
  }

  /// Returns the labels with which an instance marks the resources that it makes in an engine.
  public static Map<String, String> labels(
      String application,
      String instanceId,
      @Nullable ProcessIdentity owner,
      String stateDirectory) {
    Map<String, String> labels = new java.util.LinkedHashMap<>();
    labels.put(instanceLabel(application), instanceId);
    if (owner != null) {
      labels.put(OWNER_LABEL, ownerLabel(owner));
    }
    labels.put(STATE_LABEL, stateDirectory);
    return labels;
  }

  /// Returns the identity of an owner as a label value.
  public static String ownerLabel(ProcessIdentity owner) {
    Machine machine = owner.machine();
    return String.join(
        "/",
        VERSION,
        machine.host(),
        machine.boot(),
        machine.pidNamespace(),
        Long.toString(owner.pid()),
        Long.toString(owner.start().value()),
        machine.unit().word());
  }

  /// Returns the identity in a label value; null if it is not one of ours.
  static @Nullable ProcessIdentity parseOwner(@Nullable String label) {
    String[] parts = label == null ? new String[0] : label.split("/", -1);
    if (parts.length != 7 || !parts[0].equals(VERSION)) {
      return null;
    }
    StartUnit unit = StartUnit.of(parts[6]);
    if (unit == null) {
      return null;
    }
    try {
      long pid = Long.parseLong(parts[4]);
      long start = Long.parseLong(parts[5]);
      // No process ever has such a PID, so its absence would prove nothing.
      return pid < 1 || start < 0
          ? null
          : new ProcessIdentity(new Machine(parts[1], parts[2], parts[3], unit), pid, start);
    } catch (NumberFormatException notOurs) {
      return null;
    }
  }

  /// Asks each engine once for all resources that carry one of these label keys.
  static Look look(List<ResourceProvider> engines, Workers workers, Set<String> labelKeys) {
    List<Found> found = new ArrayList<>();
    List<Failure> failures = new ArrayList<>();
    List<Runnable> tasks = new ArrayList<>();
    for (ResourceProvider provider : engines) {
      tasks.add(() -> look(provider, labelKeys, found, failures));
    }
    workers.runAll(tasks);
    return new Look(found, failures);
  }

  private static void look(
      ResourceProvider provider, Set<String> labelKeys, List<Found> found, List<Failure> failures) {
    List<LabelledResource> resources = List.of();
    String failure = null;
    try {
      resources = provider.find(labelKeys);
    } catch (IOException | RuntimeException unreachable) {
      failure = String.valueOf(unreachable.getMessage());
    }
    synchronized (found) {
      if (failure != null) {
        failures.add(new Failure(provider, failure));
      }
      Set<String> known = new HashSet<>();
      found.forEach(one -> known.add(one.key()));
      for (LabelledResource resource : resources) {
        Found one = new Found(provider, resource);
        if (known.add(one.key())) { // One engine may be reached by two sockets.
          found.add(one);
        }
      }
    }
  }
}
