package dev.sexton.cli;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.command.CommandRegistry;
import dev.sexton.cli.command.HistoryCommand;
import dev.sexton.cli.command.ListCommand;
import dev.sexton.cli.command.StopCommand;
import dev.sexton.cli.command.SweepCommand;
import dev.sexton.cli.demo.DemoCommand;
import dev.sexton.cli.doctor.DoctorCommand;
import dev.sexton.cli.help.CompletionCommand;
import dev.sexton.cli.help.HelpCommand;
import dev.sexton.cli.help.ManCommand;
import dev.sexton.cli.run.ReapCommand;
import dev.sexton.cli.run.RunCommand;
import dev.sexton.cli.run.WatchCommand;
import dev.sexton.cli.service.ServiceCommand;
import dev.sexton.cli.setup.SetupCommand;
import java.util.ServiceLoader;

/// All commands, in the order of the overview. A new one is registered here and nowhere else.
public final class Commands {
  /// The registry.
  public static final CommandRegistry ALL = new CommandRegistry();

  static {
    ALL.add("run", RunCommand::new)
        .add("list", ListCommand::new)
        .add("sweep", SweepCommand::new)
        .add("stop", StopCommand::new)
        .add("watch", WatchCommand::new)
        .add("history", HistoryCommand::new)
        .add("doctor", DoctorCommand::new)
        .add(CommandRegistry.MCP, () -> ServiceLoader.load(Command.class).findFirst().orElse(null))
        .add("setup", SetupCommand::new)
        .add("service", ServiceCommand::new)
        .add("demo", DemoCommand::new)
        .add("completion", () -> new CompletionCommand(ALL))
        .add("man", () -> new ManCommand(ALL))
        .add("help", () -> new HelpCommand(ALL))
        .add("reap", ReapCommand::new);
  }

  private Commands() {}
}
