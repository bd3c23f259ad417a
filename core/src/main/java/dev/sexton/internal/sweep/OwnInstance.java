package dev.sexton.internal.sweep;

import dev.sexton.ResourceReport;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.Claims.Claim;
import dev.sexton.internal.sweep.Observer.Observation;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What a server does to itself at its end: the same as a sweep would do after its death. */
public final class OwnInstance {
  private OwnInstance() {}

  /**
   * Stops all that belongs to an instance of this process.
   *
   * @param user who this process runs as
   * @return what became of each resource
   */
  public static List<ResourceReport> stop(
      Ports ports, StateDirectory directory, InstanceRecord record, User user, Duration grace) {
    return stop(ports, directory, record, user, grace, KeepSource.defaults());
  }

  /// The same with another list of programs to keep.
  public static List<ResourceReport> stop(
      Ports ports,
      StateDirectory directory,
      InstanceRecord record,
      User user,
      Duration grace,
      KeepSource keep) {
    Observed instance =
        new Observed(
            directory,
            record,
            new byte[0],
            ports.processes().wallClock(),
            user,
            Verdict.dead("its owner is closing it"));
    SweepRequest request =
        new SweepRequest(
                List.of(directory),
                false,
                Set.of(record.instanceId()),
                false,
                false,
                grace,
                SweepRequest.Progress.NONE)
            .keeping(keep);
    Observation alone = new Observation(List.of(instance), List.of(), List.of());
    Stopping stopping =
        new Stopping(ports, request, alone, new Orphans(ports, new LivenessRules()));
    stopping.run(List.of(new Claim(instance, null)));
    return stopping.settled(instance).stream().map(Settled::report).toList();
  }
}
