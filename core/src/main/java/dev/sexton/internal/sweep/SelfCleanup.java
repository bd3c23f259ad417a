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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Stops the resources of an instance without claiming its record, because no other process can:
/// its owner closes it, or has ended and removed the record.
public final class SelfCleanup {
  /// The requester, as the journal names it.
  private static final String CLOSED = "its owner closed the instance";

  private SelfCleanup() {}

  /// Stops all resources of an instance of this process.
  ///
  /// @param user the user that this process runs as
  /// @param options the grace period, the neighbours and the keep list are used
  /// @return the outcome for each resource
  public static List<ResourceReport> stop(
      Ports ports,
      StateDirectory directory,
      InstanceRecord record,
      User user,
      SweepRequest options) {
    ObservedInstance instance =
        new ObservedInstance(
            directory,
            record,
            new StateDirectory.Content(new byte[0], ports.processes().wallClock(), false),
            user,
            Verdict.dead(CLOSED));
    return stop(ports, instance, new Ending(null, List.of(), true), CLOSED, options);
  }

  /// Stops all resources of an instance that has ended.
  ///
  /// @param ending the known facts about its end
  /// @param because who requested it, for the journal
  /// @param options the grace period, the progress, the neighbours and the keep list are used
  /// @return the outcome for each resource
  static List<ResourceReport> stop(
      Ports ports, ObservedInstance instance, Ending ending, String because, SweepRequest options) {
    String id = instance.instanceId();
    SweepRequest request =
        SweepRequest.of(List.of(instance.directory()))
            .instanceIds(Set.of(id))
            .grace(options.grace())
            .progress(options.progress())
            .endings(Map.of(id, ending))
            .neighbours(options.neighbours())
            .keep(options.keep())
            .build();
    LivenessRules rules = new LivenessRules();
    Observation alone = new Observation(List.of(instance), List.of(), List.of());
    LiveInstances live =
        new LiveInstances(ports, rules, request.everyDirectory(), alone.instances());
    StopRounds rounds =
        new StopRounds(
            ports,
            request,
            alone,
            new LabelledResourcePlanner(ports, rules),
            SparingContext.of(ports, request, live, new SparingRules()));
    List<ResourceResult> settled = rounds.run(List.of(new Claim(instance, null))).of(instance);
    note(new Journal(ports.processes()), instance, because, settled);
    instance.removeControlGroup(ports.processes().controlGroups());
    return settled.stream().map(ResourceResult::report).toList();
  }

  /// Journals the resources that were stopped or left. One that had ended by itself is not a stop.
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
              "what this server stopped when it ended is missing from the journal of {0} ({1})",
              instance.directory().path(),
              unwritable.getMessage());
    }
  }
}
