package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport.LabelledReport;
import dev.sexton.ResourceReport.Result;
import dev.sexton.internal.sweep.EngineScan.Found;
import dev.sexton.spi.LabelledResource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Stops and removes labelled resources: all containers, pods and jobs in parallel, then the
/// networks, then the volumes that they used, then what owns everything else in a cluster.
final class LabelledResourceStopper {
  /// The steps, in the order in which they are done. A resource cannot be removed while one of an
  /// earlier step uses it.
  private enum Step {
    CONTAINERS,
    NETWORKS,
    VOLUMES,
    OWNERS
  }

  private final Ports ports;
  private final Duration grace;

  LabelledResourceStopper(Ports ports, Duration grace) {
    this.ports = ports;
    this.grace = grace;
  }

  List<ResourceResult> stop(Map<Found, ObservedInstance> toStop) {
    List<ResourceResult> settled = new ArrayList<>();
    for (Step step : Step.values()) {
      List<Runnable> tasks = new ArrayList<>();
      toStop.forEach((found, instance) -> {
        if (step(found.resource().kind()) == step) {
          tasks.add(() -> add(settled, stop(found, instance)));
        }
      });
      if (!tasks.isEmpty()) {
        ports.workers().runAll(tasks);
      }
    }
    return settled;
  }

  /// Returns the step that stops resources of this kind; null for processes, which have no labels.
  /// There is no default: whoever adds a kind has to decide when it is stopped.
  private static @Nullable Step step(ResourceKind kind) {
    return switch (kind) {
      case PROCESS -> null;
      case CONTAINER, POD, JOB -> Step.CONTAINERS;
      case NETWORK, SERVICE, NETWORK_POLICY -> Step.NETWORKS;
      case VOLUME, CLAIM, SECRET -> Step.VOLUMES;
      case CONFIG_MAP -> Step.OWNERS;
    };
  }

  private static void add(List<ResourceResult> settled, ResourceResult one) {
    synchronized (settled) {
      settled.add(one);
    }
  }

  private ResourceResult stop(Found found, ObservedInstance instance) {
    LabelledResource resource = found.resource();
    long begun = ports.clock().nanoTime();
    Outcome outcome;
    String reason = "carries the instance's label";
    try {
      outcome = found.provider().stop(resource, grace);
      found.provider().remove(resource);
      if (outcome == Outcome.KILLED) {
        reason += "; did not stop when asked";
      } else if (outcome == Outcome.GONE) {
        outcome = Outcome.STOPPED; // It did not run, and is now removed.
      }
    } catch (IOException | RuntimeException failed) {
      outcome = Outcome.FAILED;
      reason = String.valueOf(failed.getMessage());
    }
    long millis = Duration.ofNanos(ports.clock().nanoTime() - begun).toMillis();
    return new ResourceResult(instance, report(resource, outcome, reason, millis), List.of());
  }

  static LabelledReport report(
      LabelledResource resource, Outcome outcome, String reason, long millis) {
    Result result = new Result(outcome, reason, millis);
    return new LabelledReport(resource.kind(), resource.name(), resource.id(), result);
  }
}
