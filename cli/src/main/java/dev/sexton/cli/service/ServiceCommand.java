package dev.sexton.cli.service;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.UserHome;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.output.Version;
import dev.sexton.cli.run.JavaBuild;
import dev.sexton.cli.service.SystemdUser.Ended;
import java.io.IOException;
import java.util.List;

/// The command `sexton service`: a watcher that systemd starts.
public final class ServiceCommand implements Command {
  @Override
  public String name() {
    return "service";
  }

  @Override
  public String summary() {
    return "watch permanently, as a systemd user service";
  }

  @Override
  public String operands() {
    return "install|remove|status";
  }

  @Override
  public List<String> commonOptions() {
    return List.of("json");
  }

  @Override
  public String description() {
    return """
    Lets systemd run "sexton watch" from every login on, and start it again when it fails.
    Servers behind "sexton run" do not need this: their watcher starts with the first of
    them. It is for servers that register with the library, or with the Python tracker.
    Without systemd, the command prints the line for cron instead.
    """;
  }

  @Override
  public String exitCodes() {
    return "Exit codes: 0 done, or the service runs; 1 it does not run; 3 systemd refuses, or there "
        + "is none.";
  }

  @Override
  public int run(Io io, Arguments arguments) throws CommandException {
    ServiceUnit unit = ServiceUnit.of(UserHome.of(io.environment()));
    String action = String.join(" ", arguments.operands());
    try {
      SystemdUser systemd = SystemdUser.of(io.environment());
      return switch (action) {
        case "install" -> install(io, arguments, unit, systemd);
        case "remove" -> remove(io, arguments, unit, systemd);
        case "status" -> report(io, arguments, unit, systemd);
        default ->
            throw CommandException.usage(
                action.isEmpty()
                    ? "service needs an action"
                    : "service cannot " + TerminalText.cut(action, 60),
                "write sexton service install, remove or status");
      };
    } catch (IOException failed) {
      throw CommandException.cannot(
          "the unit " + unit.file() + " cannot be used (" + failed + ")",
          "check its permissions",
          failed);
    }
  }

  private static int install(Io io, Arguments arguments, ServiceUnit unit, SystemdUser systemd)
      throws CommandException, IOException {
    String launcher = JavaBuild.launcher(io.environment());
    requireSystemd(systemd, launcher);
    requireOwn(unit);
    if (!unit.exists() || !unit.isFor(launcher)) {
      unit.write(launcher);
      require(systemd.systemctl("daemon-reload"), "systemctl --user daemon-reload");
    }
    require(systemd.systemctl("enable", ServiceUnit.NAME), "systemctl --user enable sexton-watch");
    // Also replaces a service that runs an older build.
    require(
        systemd.systemctl("restart", ServiceUnit.NAME), "systemctl --user restart sexton-watch");
    if (!arguments.quiet() && !systemd.lingers()) {
      io.notes().line("the service ends with your last login; to keep it: loginctl enable-linger");
    }
    return report(io, arguments, unit, systemd);
  }

  private static int remove(Io io, Arguments arguments, ServiceUnit unit, SystemdUser systemd)
      throws CommandException, IOException {
    if (unit.exists()) {
      requireOwn(unit);
      boolean isThere = systemd.version().isSuccess();
      if (isThere) {
        require(
            systemd.systemctl("disable", "--now", ServiceUnit.NAME),
            "systemctl --user disable --now sexton-watch");
      }
      unit.remove();
      if (isThere) {
        require(systemd.systemctl("daemon-reload"), "systemctl --user daemon-reload");
      }
    }
    report(io, arguments, unit, systemd);
    return ExitCode.DONE;
  }

  /// Prints the state of the service, and returns 0 only if it runs.
  private static int report(Io io, Arguments arguments, ServiceUnit unit, SystemdUser systemd) {
    boolean installed = unit.exists();
    String state =
        installed ? systemd.systemctl("is-active", ServiceUnit.NAME).firstLine() : "inactive";
    boolean runs = state.equals("active");
    if (arguments.json()) {
      JsonOut.document(
          io.out(),
          out ->
              out.name("version")
                  .value(Version.TEXT)
                  .name("unit")
                  .value(unit.file().toString())
                  .name("installed")
                  .value(installed)
                  .name("running")
                  .value(runs)
                  .name("state")
                  .value(state));
    } else if (!installed) {
      io.screen().line("not installed.");
    } else {
      io.screen().line(unit.file() + ": " + (runs ? "running" : "not running (" + state + ")"));
    }
    return runs ? ExitCode.DONE : ExitCode.LEFT;
  }

  private static void requireSystemd(SystemdUser systemd, String launcher) throws CommandException {
    Ended answer = systemd.version();
    if (!answer.isSuccess()) {
      throw CommandException.cannot(
          "your systemd does not answer (" + TerminalText.cut(answer.firstLine(), 200) + ")",
          "log in again, or let cron start it, with this line in crontab -e: @reboot '"
              + launcher.replace("'", "'\\''")
              + "' watch",
          null);
    }
  }

  /// Rejects a unit that somebody else wrote.
  private static void requireOwn(ServiceUnit unit) throws CommandException, IOException {
    if (unit.exists() && !unit.isOwn()) {
      throw CommandException.cannot(
          unit.file() + " was not written by sexton service", "move it elsewhere first", null);
    }
  }

  private static void require(Ended ended, String command) throws CommandException {
    if (!ended.isSuccess()) {
      throw CommandException.cannot(
          command + " failed (" + TerminalText.cut(ended.firstLine(), 200) + ")",
          "run it yourself to see its output",
          null);
    }
  }
}
