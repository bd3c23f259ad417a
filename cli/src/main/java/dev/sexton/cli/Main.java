package dev.sexton.cli;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.help.Help;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.option.ScopeArguments;
import dev.sexton.cli.option.Suggestion;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import dev.sexton.cli.output.ResultStream;
import dev.sexton.cli.output.StyledPrinter;
import dev.sexton.cli.output.StyledPrinter.Style;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.cli.output.Version;
import dev.sexton.cli.output.Warnings;
import dev.sexton.docker.DockerProviderFactory;
import dev.sexton.kubernetes.KubernetesProviderFactory;
import dev.sexton.spi.ResourceProviders;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The entry point of the `sexton` command.
public final class Main {
  private static final String HINT = "see sexton --help";

  private Main() {}

  /// Runs one command and ends the JVM with its exit code.
  public static void main(String[] args) {
    ResourceProviders.install(
        List.of(new DockerProviderFactory(), new KubernetesProviderFactory()));
    int exitCode = run(args);
    if (exitCode != 0 || !isLastThread()) {
      System.exit(exitCode); // Slow: loads a logger from the jars, a twentieth of a sweep.
    }
  }

  /// Returns whether the JVM ends with this thread, because all others are daemons.
  private static boolean isLastThread() {
    Thread[] threads = new Thread[Thread.activeCount() + 16];
    int count = Thread.enumerate(threads);
    for (int i = 0; i < count; i++) {
      if (!threads[i].equals(Thread.currentThread()) && !threads[i].isDaemon()) {
        return false;
      }
    }
    return count < threads.length;
  }

  /// Runs one command and returns its exit code.
  static int run(String... args) {
    return run(Io.ofProcess(), args);
  }

  /// Like [#run(String...)], with other streams and variables.
  public static int run(Io io, String... args) {
    int exitCode;
    try {
      exitCode = dispatch(io, args);
    } catch (CommandException expected) {
      exitCode = expected.exitCode();
      fail(io, args, expected.problem(), expected.remedy(), expected.getCause());
    } catch (InvalidPathException invalid) {
      CommandException unusable = ScopeArguments.unusable(invalid);
      exitCode = unusable.exitCode();
      fail(io, args, unusable.problem(), unusable.remedy(), invalid);
    } catch (RuntimeException | LinkageError | StackOverflowError unexpected) {
      exitCode = ExitCode.CANNOT;
      fail(
          io,
          args,
          "an unexpected error: " + unexpected,
          "report it with the output of -v",
          unexpected);
    }
    String loss = ResultStream.loss(io.out()); // Flushes it.
    if (loss != null) {
      exitCode = ExitCode.CANNOT;
      Warnings.warn(
          io.notes(), "stdout cannot be written to (" + loss + "): check whether the disk is full");
    }
    io.err().flush();
    return exitCode;
  }

  private static int dispatch(Io io, String[] args) throws CommandException {
    int at = commandAt(args);
    if (at < 0) {
      return withoutCommand(io, args);
    }
    String name = args[at];
    List<String> options = new ArrayList<>(List.of(args));
    options.remove(at);
    if (name.equals("help")) { // `sexton help list` becomes `sexton list --help`.
      options.add("--help");
      return dispatch(io, options.toArray(String[]::new));
    }
    Command command = Commands.ALL.find(name);
    if (command == null) {
      throw unknownCommand(args, at);
    }
    String hint = "see sexton " + name + " --help";
    Arguments arguments =
        Arguments.parse(
            command.ownOptions(),
            !command.operands().isEmpty(),
            hint,
            options.toArray(String[]::new));
    if (arguments.has("help")) {
      return Help.print(io, Help.of(command), arguments.json());
    }
    return arguments.has("version")
        ? Help.printVersion(io, arguments.json())
        : command.run(io, arguments);
  }

  private static int withoutCommand(Io io, String[] args) throws CommandException {
    Arguments arguments = Arguments.parse(List.of(), false, HINT, args);
    if (arguments.has("version")) {
      return Help.printVersion(io, arguments.json());
    }
    if (arguments.has("help")) {
      return Help.print(io, Help.overview(Commands.ALL), arguments.json());
    }
    if (args.length == 0) {
      return Help.print(io, Help.overview(Commands.ALL), false);
    }
    throw CommandException.usage("no command", HINT);
  }

  /// Returns the error for an unknown command. If an option of a command precedes the command, its
  /// value seems to be the command, as in `sexton --grace 10s sweep`.
  private static CommandException unknownCommand(String[] args, int at) {
    String name = TerminalText.cut(args[at], 60);
    String option = at == 0 ? "" : args[at - 1];
    if (!option.startsWith("--") || option.contains("=") || Arguments.common(option) != null) {
      return CommandException.usage(
          "no such command: " + name + Suggestion.of(args[at], Commands.ALL.names()), HINT);
    }
    String command = "COMMAND";
    for (String word : List.of(args).subList(at + 1, args.length)) {
      if (Commands.ALL.names().contains(word)) {
        command = word;
        break;
      }
    }
    String written = TerminalText.cut(option, 60);
    return CommandException.usage(
        "the option " + written + " is before the command",
        "write sexton " + command + " " + written + " " + name);
  }

  /// Returns the index of the command's name: the first argument that is neither an option nor the
  /// value of a global option.
  private static int commandAt(String[] args) {
    for (int i = 0; i < args.length; i++) {
      OptionSpec common = Arguments.common(args[i]);
      if (common != null && common.valueName() != null) {
        i++;
      } else if (!args[i].startsWith("-")) {
        return i;
      }
    }
    return -1;
  }

  private static void fail(
      Io io, String[] args, String problem, String remedy, @Nullable Throwable cause) {
    List<String> given = List.of(args);
    if (given.contains("--json")) {
      JsonOut.document(
          io.out(),
          json ->
              json.name("version")
                  .value(Version.TEXT)
                  .name("error")
                  .value(problem)
                  .name("remedy")
                  .value(remedy));
    }
    io.notes()
        .add(Style.BAD, "sexton: ")
        .add(TerminalText.cut(problem, 1000) + ": " + remedy)
        .end();
    if (cause != null && (given.contains("-v") || given.contains("--verbose"))) {
      trace(io.err(), cause);
    }
  }

  private static void trace(PrintStream stream, Throwable cause) {
    StyledPrinter screen = new StyledPrinter(stream, false);
    for (Throwable one = cause; one != null; one = one.getCause()) {
      screen.line("  " + one);
      for (StackTraceElement element : one.getStackTrace()) {
        screen.line("    at " + element);
      }
    }
  }
}
