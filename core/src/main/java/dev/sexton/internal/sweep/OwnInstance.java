package dev.sexton.internal.sweep;

import dev.sexton.Outcome;
import dev.sexton.ResourceReport;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Claims.Claim;
import dev.sexton.internal.sweep.Observer.Observation;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a server does to itself at its end: the same as a sweep would do after its death. */
public final class OwnInstance {
  /** Who wanted it, in the journal. */
  private static final String CLOSED = "its owner closed the instance";

  private OwnInstance() {}

  /**
   * Stops all that belongs to an instance of this process.
   *
   * @param user who this process runs as
   * @return what became of each resource
   */
  public static List<ResourceReport> stop(
      Ports ports, StateDirectory directory, InstanceRecord record, User user, Duration grace) {
    Observed instance =
        new Observed(
            directory,
            record,
            new byte[0],
            ports.processes().wallClock(),
            user,
            Verdict.dead(CLOSED));
    SweepRequest request =
        new SweepRequest(
            List.of(directory),
            false,
            Set.of(record.instanceId()),
            false,
            false,
            grace,
            SweepRequest.Progress.NONE);
    Observation alone = new Observation(List.of(instance), List.of(), List.of());
    Stopping stopping =
        new Stopping(ports, request, alone, new Orphans(ports, new LivenessRules()));
    stopping.run(List.of(new Claim(instance, null)));
    List<Settled> settled = stopping.settled(instance);
    note(new Journal(ports.processes()), instance, settled);
    return settled.stream().map(Settled::report).toList();
  }

  /** Writes down what was ended or left; what had ended by itself is no stop. */
  private static void note(Journal journal, Observed instance, List<Settled> settled) {
    List<Settled> stops = new ArrayList<>();
    for (Settled one : settled) {
      if (one.report().outcome() != Outcome.GONE) {
        stops.add(one.because(CLOSED));
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
