package dev.sexton.cli.demo;

import dev.sexton.HeldResource;
import dev.sexton.HeldResource.HeldLabelled;
import dev.sexton.HeldResource.HeldProcess;
import dev.sexton.HeldResource.Member;
import dev.sexton.InstanceInfo;
import dev.sexton.InstanceReport;
import dev.sexton.Liveness;
import dev.sexton.ReportJson;
import dev.sexton.SweepReport;
import dev.sexton.cli.command.Command;
import dev.sexton.cli.command.SweepText;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import dev.sexton.cli.output.ProgressLine;
import dev.sexton.cli.output.StyledPrinter;
import dev.sexton.cli.output.StyledPrinter.Style;
import dev.sexton.cli.output.Table;
import dev.sexton.cli.output.Table.Cell;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.output.Version;
import dev.sexton.internal.doctor.MachineFacts;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/// The command `sexton demo`: kills a server and sweeps its leftovers.
public final class DemoCommand implements Command {
  private static final Duration GRACE = Duration.ofSeconds(2);

  /// How long the kernel may take to release the lock of a killed process. 17 ms were observed.
  private static final long DEATH_NANOS = 2_000_000_000L;

  @Override
  public String name() {
    return "demo";
  }

  @Override
  public String summary() {
    return "show how it works, in a temporary directory";
  }

  @Override
  public List<String> commonOptions() {
    return List.of("json");
  }

  @Override
  public String description() {
    return """
    Starts a server in a temporary directory, kills it with SIGKILL, shows what it left,
    sweeps once, and checks that everything is gone.
    """;
  }

  @Override
  public String exitCodes() {
    return "Exit code 0 only if everything is gone.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    // With --json, only the result is printed.
    PrintStream out = arguments.json() ? new PrintStream(PrintStream.nullOutputStream()) : io.out();
    Io told = new Io(out, io.err(), io.outIsTerminal(), io.errIsTerminal(), io.environment());
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      throw CommandException.cannot("the demo needs a POSIX shell", "try it on Linux", null);
    }
    try (DemoStage stage = DemoStage.open(io.environment())) {
      return play(io, told, arguments, stage);
    } catch (IOException failed) {
      throw CommandException.cannot(
          "the demo could not be run (" + failed.getMessage() + ")",
          "run sexton doctor to see what does not work here",
          failed);
    }
  }

  private static int play(Io io, Io told, Arguments arguments, DemoStage stage) throws IOException {
    long begun = System.nanoTime();
    StyledPrinter screen = told.screen();
    String withoutContainer = startServer(screen, stage);
    killServer(screen, stage);
    told.out().flush();
    SweepReport report;
    try (ProgressLine progress = ProgressLine.of(io, arguments.quiet())) {
      report = stage.sweep(GRACE, progress);
    }
    printSweep(screen, report);
    List<Long> processes = stage.livingProcesses();
    List<String> containers =
        withoutContainer.isEmpty() ? stage.livingContainers(false) : List.of();
    boolean gone = report.isClean() && processes.isEmpty() && containers.isEmpty();
    if (gone) {
      screen.line(
          Style.GOOD,
          "Checked: "
              + HumanFormat.count(stage.seenProcesses(), "process")
              + (withoutContainer.isEmpty() ? " and the container are" : " are")
              + " really gone. The whole demo took "
              + HumanFormat.millis((System.nanoTime() - begun) / 1_000_000)
              + ".");
    } else {
      screen.line(Style.BAD, "Still there: processes " + processes + ", containers " + containers);
    }
    if (arguments.json()) {
      printJson(io, report, gone, withoutContainer.isEmpty());
    }
    return gone ? ExitCode.DONE : ExitCode.LEFT;
  }

  /// Starts the server. Returns why it has no container; empty if it has one.
  private static String startServer(StyledPrinter screen, DemoStage stage) throws IOException {
    String withoutContainer = stage.startServer();
    InstanceInfo living = stage.look();
    screen.line(
        "A server is running: PID "
            + living.owner().pid()
            + ", instance "
            + HumanFormat.shortUuid(living.instanceId())
            + ".");
    if (!withoutContainer.isEmpty()) {
      screen.line(Style.FAINT, "It has no container: " + TerminalText.cut(withoutContainer, 200));
    }
    return withoutContainer;
  }

  private static void killServer(StyledPrinter screen, DemoStage stage) throws IOException {
    long killMillis = stage.killServer();
    screen.line(
        "It is killed with SIGKILL and gone after "
            + HumanFormat.millis(killMillis)
            + ". What it left:");
    leftBehind(screen, awaitDeath(stage));
  }

  private static void printSweep(StyledPrinter screen, SweepReport report) {
    screen.end();
    screen.line(Style.HEADING, "$ sexton sweep --grace 2s");
    for (InstanceReport instance : report.instances()) {
      SweepText.print(screen, instance);
    }
    SweepText.summary(screen, report);
    screen.end();
  }

  private static void printJson(Io io, SweepReport report, boolean gone, boolean container) {
    JsonOut.document(
        io.out(),
        json -> {
          json.name("gone").value(gone);
          json.name("container").value(container);
          json.name("version").value(Version.TEXT);
          JsonOut.members(json, ReportJson.of(report, gone));
        });
  }

  private static InstanceInfo awaitDeath(DemoStage stage) throws IOException {
    long deadline = System.nanoTime() + DEATH_NANOS;
    InstanceInfo instance = stage.look();
    while (instance.liveness() != Liveness.DEAD && System.nanoTime() < deadline) {
      java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
      instance = stage.look();
    }
    return instance;
  }

  /// Prints everything that is still there, one line each, with commands as `ps` shows them.
  private static void leftBehind(StyledPrinter screen, InstanceInfo dead) {
    MachineFacts machine = new MachineFacts();
    Table table = new Table(2, 5).limit(4, 60).right(2).right(3);
    table.heading("WHAT", "NAME", "PID", "MEMORY", "COMMAND");
    for (HeldResource resource : dead.resources()) {
      switch (resource) {
        case HeldProcess process -> {
          for (Member member : process.members()) {
            boolean first = member.pid() == process.pid();
            table.row(
                null,
                List.of(
                    Cell.of(first ? "process" : "  child"),
                    Cell.of(first ? process.name() : ""),
                    Cell.of(Long.toString(member.pid())),
                    Cell.of(HumanFormat.bytes(member.residentBytes())),
                    Cell.of(machine.command(member.pid()))));
          }
        }
        case HeldLabelled labelled ->
            table.row(
                null,
                List.of(
                    Cell.of(labelled.kind().word()),
                    Cell.of(labelled.name()),
                    Cell.of(""),
                    Cell.of(""),
                    Cell.of(labelled.status().detail())));
      }
    }
    table.print(screen);
  }
}
