package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceReport;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Claims.Claim;
import dev.sexton.internal.sweep.InstanceObserver.Observation;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Stops what belongs to an instance without claiming its record, because nobody else can: its
/// owner closes it, or has ended and removed the record.
public final class SelfCleanup {
  /** Who wanted it, in the journal. */
  private static final String CLOSED = "its owner closed the instance";

  private SelfCleanup() {}

  /// Stops all that belongs to an instance of this process.
  ///
  /// @param user who this process runs as
  /// @param neighbours where instances may be registered that are not dead
  /// @param keep tells which programs are kept
  /// @return what became of each resource
  public static List<ResourceReport> stop(
      Ports ports,
      StateDirectory directory,
      InstanceRecord record,
      User user,
      Duration grace,
      List<? extends StateDirectory> neighbours,
      KeepSource keep) {
    ObservedInstance instance =
        new ObservedInstance(
            directory,
            record,
            new byte[0],
            ports.processes().wallClock(),
            user,
            Verdict.dead(CLOSED));
    return stop(
        ports,
        instance,
        new Ending(null, List.of(), true),
        CLOSED,
        request(grace, neighbours, keep));
  }

  private static SweepRequest request(
      Duration grace, List<? extends StateDirectory> neighbours, KeepSource keep) {
    return new SweepRequest(
        List.of(),
        false,
        Set.of(),
        false,
        false,
        grace,
        SweepRequest.Progress.NONE,
        Map.of(),
        neighbours,
        keep);
  }

  /// Stops all that belongs to an instance that has ended.
  ///
  /// @param ending what is known about its end
  /// @param because who wanted it, for the journal
  /// @param options how: the grace period, the progress and the neighbours count
  /// @return what became of each resource
  static List<ResourceReport> stop(
      Ports ports, ObservedInstance instance, Ending ending, String because, SweepRequest options) {
    String id = instance.instanceId();
    SweepRequest request =
        new SweepRequest(
            List.of(instance.directory()),
            false,
            Set.of(id),
            false,
            false,
            options.grace(),
            options.progress(),
            Map.of(id, ending),
            options.neighbours(),
            options.keep());
    LivenessRules rules = new LivenessRules();
    Observation alone = new Observation(List.of(instance), List.of(), List.of());
    LiveInstances live =
        new LiveInstances(ports, rules, request.everyDirectory(), alone.instances());
    StopRounds stopping =
        new StopRounds(
            ports,
            request,
            alone,
            new LabelledResourcePlanner(ports, rules),
            SparingContext.of(ports, request, live, new SparingRules()));
    stopping.run(List.of(new Claim(instance, null)));
    List<ResourceResult> settled = stopping.settled(instance);
    note(new Journal(ports.processes()), instance, because, settled);
    instance.removeControlGroup(ports.processes().controlGroups());
    return settled.stream().map(ResourceResult::report).toList();
  }

  /** Writes down what was ended or left; what had ended by itself is no stop. */
  private static void note(
      Journal journal, ObservedInstance instance, String because, List<ResourceResult> settled) {
    List<ResourceResult> stops = new ArrayList<>();
    for (ResourceResult one : settled) {
      if (one.report().outcome() != Outcome.GONE) {
        stops.add(one.because(because));
      }
    }
    try {
      instance.directory().appendJournal(journal.lines(instance, stops));
    } catch (IOException | RuntimeException unwritable) {
      System.getLogger("dev.sexton")
          .log(
              Level.WARNING,
              "what this server stopped at its end is not in the journal of {0} ({1})",
              instance.directory().path(),
              unwritable.getMessage());
    }
  }
}
