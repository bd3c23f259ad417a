package dev.sexton.cli.run;

import dev.sexton.StateScope;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.ExitCode;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.internal.launch.BackgroundWatcher;
import dev.sexton.internal.run.RunReply;
import dev.sexton.internal.run.ServerRegistration;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Registers a server that `sexton run` starts. The launcher starts this process, waits for its
/// reply, carries that out, and becomes the server. Then this process starts the user's watcher
/// unless one runs. Before the reply it does as little as possible, since the server waits for it.
/// The launcher registers most servers itself. This class is for those that need more than a shell.
public final class RunRegistrar {
  private static final String HINT = "see sexton run --help";

  /// How long the server waits to be registered. A busy machine takes a second or two.
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private final Io io;
  private final long launcher;
  private final long client;
  private final boolean watchesStdin;
  private final List<String> command;
  private final ServerRegistration registration;
  private final AtomicBoolean replied = new AtomicBoolean();
  private final List<Process> started = new ArrayList<>();

  private RunRegistrar(Io io, String[] args, int options) {
    this.io = io;
    this.launcher = Long.parseLong(args[0]);
    this.client = Long.parseLong(args[1]);
    this.watchesStdin = args[2].equals("stdin");
    this.command = List.of(args).subList(options, args.length);
    this.registration =
        new ServerRegistration(
            new ServerRegistration.Server(launcher, client, command, io.environment()));
  }

  /// Takes the launcher's PID, its parent's PID, `stdin` if stdin is to be watched, the number of
  /// the following arguments that precede the server's command, and these arguments.
  public static void main(String[] args) {
    register(args);
  }

  /// Like [#main], but returns the processes that it has started. Afterwards stdout and stderr lead
  /// nowhere.
  public static List<Process> register(String... args) {
    Io io = Io.ofProcess();
    int options = 4 + Integer.parseInt(args[3]);
    List<String> own = new ArrayList<>(List.of(args).subList(4, options));
    own.remove("run");
    own.remove("--");
    try {
      Arguments arguments =
          Arguments.parse(new RunCommand().ownOptions(), true, HINT, own.toArray(String[]::new));
      RunOptions parsed = RunOptions.of(io, arguments, List.of(args).subList(options, args.length));
      RunRegistrar registrar = new RunRegistrar(io, args, options);
      registrar.run(parsed);
      return registrar.started;
    } catch (CommandException wrong) {
      RunReply reply = new RunReply();
      if (wrong.exitCode() == ExitCode.USAGE) {
        reply.say("sexton: " + line(wrong.problem() + ": " + wrong.remedy()));
        reply.exit(ExitCode.USAGE);
      } else {
        notTracked(reply, wrong.problem() + ": " + wrong.remedy(), own.contains("--strict"));
        reply.environment(Long.parseLong(args[0]), args[options]);
      }
      reply(reply);
      return List.of();
    }
  }

  /// Makes the launcher report why its server is not tracked, and exit if it may not start then.
  private static void notTracked(RunReply reply, String reason, boolean strict) {
    reply.say("sexton: this server is not tracked: " + line(reason));
    if (strict) {
      reply.exit(ExitCode.CANNOT);
    }
  }

  private static String line(String text) {
    return TerminalText.text(TerminalText.cut(text, 1000));
  }

  /// Replies in place of a registration that takes too long, for example in a home directory whose
  /// file server is gone, and ends this process. The server must not wait for the registration.
  private Thread limitTime(RunOptions options) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            Thread.sleep(LIMIT);
          } catch (InterruptedException ended) {
            return;
          }
          RunReply reply = new RunReply();
          notTracked(
              reply,
              "registering in "
                  + options.place().directory()
                  + " takes too long: run sexton doctor",
              options.strict());
          reply.environment(launcher, command.getFirst());
          if (replied.compareAndSet(false, true)) {
            reply(reply);
            Runtime.getRuntime().halt(0);
          }
        });
  }

  private void run(RunOptions options) {
    RunReply reply = new RunReply();
    String defect = registration.defect();
    if (defect != null) {
      // The launcher's environment is not there either.
      notTracked(reply, defect, options.strict());
      reply(reply);
      return;
    }
    if (!registration.findLauncher()) {
      return; // Killed while this process started.
    }
    Thread limit = limitTime(options);
    registerServer(options, reply);
    reply.environment(launcher, command.getFirst());
    // Only the launcher reads the reply. If it is read, the process that was found is the launcher.
    if (!replied.compareAndSet(false, true)) {
      registration.unregister();
      awaitEnd(limit);
      return;
    }
    if (!reply(reply)) {
      registration.unregister();
    } else if (registration.hasRecord()) {
      startWatcher(options);
    }
  }

  /// Registers the server and tells the launcher how to start it, or why it is not tracked.
  private void registerServer(RunOptions options, RunReply reply) {
    try {
      reply.mark(registration.register(identity(options), terms(options)));
      List<String> words = registration.insertion();
      if (!words.isEmpty()) {
        reply.insert(words, registration.insertionIndex(), command.size());
      }
      if (!registration.warning().isEmpty()) {
        reply.say("sexton: " + line(registration.warning()));
      }
    } catch (IOException | RuntimeException failed) {
      notTracked(
          reply,
          "it cannot be registered in "
              + options.place().directory()
              + " ("
              + failed
              + "): run sexton doctor",
          options.strict());
    }
  }

  /// Waits for a thread that ends this process.
  private static void awaitEnd(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private ServerRegistration.Identity identity(RunOptions options) {
    return new ServerRegistration.Identity(
        options.place().directory(),
        options.place().application(),
        options.name(),
        TerminalText.cut(String.join(" ", command), ServerRegistration.MAX_COMMAND),
        options.keep());
  }

  private ServerRegistration.Terms terms(RunOptions options) {
    RunOptions.End end = options.end();
    return new ServerRegistration.Terms(
        end.grace(), watchesStdin ? end.afterStdinClose() : null, end.withClient());
  }

  /// Starts a watcher with the launcher unless one runs. It inherits no descriptors.
  private void startWatcher(RunOptions options) {
    StateScope scope = StateScope.of(io.environment()).withStateDirectory(options.place().named());
    if (BackgroundWatcher.find(scope) != null) {
      return;
    }
    try {
      started.add(
          JavaBuild.start(options.place().named() == null ? null : BackgroundWatcher.root(scope)));
    } catch (IOException later) {
      return; // The next server starts one, and the next sweep finds what this server leaves.
    }
  }

  /// Replies and gives up stdout and stderr, so that only the server has them. When closed, they
  /// lead to /dev/null.
  ///
  /// @return false if nobody reads the reply any more
  private static boolean reply(RunReply reply) {
    boolean read = true;
    try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
      out.write(reply.bytes());
    } catch (IOException gone) {
      read = false;
    }
    System.err.close();
    return read;
  }
}
