package dev.sexton.cli.run;

import dev.sexton.Instances;
import dev.sexton.StateScope;
import dev.sexton.Sweeper;
import dev.sexton.Watcher;
import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.KeepOption;
import dev.sexton.cli.option.OptionGroup;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.option.ScopeArguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.Io;
import dev.sexton.internal.launch.BackgroundWatcher;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// The command `sexton watch`: stays, and sweeps each instance as soon as its owner dies.
public final class WatchCommand implements Command {
  /// The maximum delay for changes that the kernel does not report.
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  @Override
  public String name() {
    return "watch";
  }

  @Override
  public String summary() {
    return "keep running, and sweep each server when it dies";
  }

  @Override
  public List<String> otherForms() {
    return List.of("--background [--state-dir DIR]", "--stop [--state-dir DIR]");
  }

  @Override
  public String description() {
    return """
    Keeps running and sweeps each instance as soon as its owner process dies. Prints one
    line for each action. Ends on SIGTERM or Ctrl-C.
    """;
  }

  @Override
  public List<OptionGroup> optionGroups() {
    return List.of(
        new OptionGroup(
            "",
            List.of(
                OptionSpec.value(
                    "interval", "TIME", "how often everything is swept in addition (default 5s)"),
                OptionSpec.value("grace", "TIME", "time between SIGTERM and SIGKILL (default 10s)"),
                KeepOption.SPEC,
                OptionSpec.flag(
                    "background",
                    "start the watcher in the background, unless it is already running; sexton"
                        + " run does the same. Its log is watcher.log in ~/.sexton. It ends 60s"
                        + " after the last server."),
                OptionSpec.flag(
                    "stop",
                    "stop the watcher in the background; the next sexton run starts it again"))));
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    if (arguments.has("stop")) {
      return stop(io, arguments);
    }
    if (arguments.has("background")) {
      return inBackground(io, arguments);
    }
    BackgroundWatcher.Terms terms = terms(io, arguments);
    Watcher.builder()
        .scope(ScopeArguments.of(io, arguments))
        .grace(terms.grace())
        .interval(terms.interval())
        .listener(terms.listener())
        .build()
        .run();
    return ExitCode.DONE;
  }

  private static BackgroundWatcher.Terms terms(Io io, Arguments arguments) throws CommandException {
    Duration interval = arguments.duration("interval", INTERVAL);
    if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
      throw CommandException.usage(
          "--interval is too short: " + HumanFormat.millis(interval.toMillis()),
          "write 100ms or more; deaths are noticed at once, whatever the interval");
    }
    Duration grace = arguments.duration("grace", Instances.DEFAULT_GRACE);
    return new BackgroundWatcher.Terms(
        grace, interval, new WatchOutput(io, arguments, Sweeper.patience(grace)));
  }

  private static int inBackground(Io io, Arguments arguments) throws CommandException {
    String defect = BackgroundWatcher.defect();
    if (defect != null) {
      throw CommandException.cannot("nothing can be watched here", defect, null);
    }
    StateScope scope = ScopeArguments.ofAny(io, arguments);
    try {
      BackgroundWatcher.run(scope, terms(io, arguments), new JavaBuild());
      return ExitCode.DONE;
    } catch (RuntimeException unexpected) {
      // Not the exit code for what cannot work here, so that the watcher is restarted.
      io.notes().line("an unexpected error: " + unexpected);
      return ExitCode.LEFT;
    } catch (IOException failed) {
      throw CommandException.cannot(
          "no watcher can run in " + BackgroundWatcher.root(scope) + " (" + failed + ")",
          "check that it is a directory that belongs to you, with free disk space",
          failed);
    }
  }

  private static int stop(Io io, Arguments arguments) throws CommandException {
    StateScope scope = ScopeArguments.ofAny(io, arguments);
    long pid;
    try {
      pid = BackgroundWatcher.end(scope);
    } catch (IOException remaining) {
      throw CommandException.cannot(
          "the watcher does not end: " + remaining.getMessage(),
          "check whether it is stopped, or kill it",
          null);
    }
    if (!arguments.quiet()) {
      io.notes()
          .line(
              pid == 0
                  ? "no watcher runs for " + BackgroundWatcher.root(scope)
                  : "the watcher has ended: process " + pid);
    }
    return ExitCode.DONE;
  }
}
