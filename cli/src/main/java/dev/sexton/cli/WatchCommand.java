package dev.sexton.cli;

import dev.sexton.internal.sweep.PatientSweep;
import dev.sexton.internal.sweep.SweepRequest;
import dev.sexton.internal.watch.Watcher;
import java.time.Duration;
import org.apache.commons.cli.Options;

/** {@code sexton watch}: stays, and sweeps each instance the moment its owner dies. */
final class WatchCommand implements Command {
  /** What the kernel does not tell is found this late at most. */
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  @Override
  public String help() {
    return """
    sexton watch [--interval 5s] [--grace 10s] [--keep PATTERN]…
                 [--app NAME]… [--state-dir DIR] [--json]

      Stays, and sweeps each instance the moment its owner dies; says each thing
      it does in one line. Ends with SIGTERM or Ctrl-C.

      --interval TIME  how often everything is swept besides; 5s unless given
      --grace TIME     how long what is asked to stop has before it is forced;
                       10s unless given
      --keep PATTERN   also keep this program and what it starts; with ! in front,
                       do not keep it
      --json           one JSON object a line
    """;
  }

  @Override
  public void addOptions(Options options) {
    options.addOption(Arguments.value("interval", "TIME"));
    options.addOption(Arguments.value("grace", "TIME"));
    KeepOption.addTo(options);
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    Places places = Places.of(io, arguments);
    Duration interval = arguments.duration("interval", INTERVAL);
    if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
      throw CommandException.usage(
          "--interval is too short: " + Words.millis(interval.toMillis()),
          "write 100ms or more: deaths are seen at once whatever it is");
    }
    Duration grace = arguments.duration("grace", SweepRequest.DEFAULT_GRACE);
    Watcher.ofThisMachine(
            io.environment(),
            places.applications(),
            places.named(),
            grace,
            KeepOption.read(arguments),
            interval,
            new WatchOutput(io, arguments, PatientSweep.patience(grace)))
        .run();
    return ExitCode.DONE;
  }
}
