package dev.sexton.cli;

import dev.sexton.internal.Platform;
import dev.sexton.internal.command.ContainerCommand;
import dev.sexton.internal.instance.ForeignInstance;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.internal.sweep.EngineScan;
import dev.sexton.internal.watch.WatcherSeat;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Registers a server that {@code sexton run} starts. The launcher starts it, waits for its reply,
 * does what that says, and becomes the server; then this process starts the user's watcher, unless
 * that runs. Until the reply it does as little as it can, for the server waits for it. The launcher
 * registers most servers itself; this one is for those that take more than a shell.
 */
final class RunRegistrar {
  private static final String HINT = "see sexton run --help";

  /// How long the server waits to be registered. A busy machine takes a second or two.
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private final Io io;
  private final ProcessTable processes = Platform.processes(false);
  private final long launcher;
  private final long client;
  private final boolean watchesStdin;
  private final List<String> command;
  private final @Nullable ContainerCommand container;
  private final AtomicBoolean replied = new AtomicBoolean();
  private final List<Process> started = new ArrayList<>();

  private RunRegistrar(Io io, String[] args, int options) {
    this.io = io;
    this.launcher = Long.parseLong(args[0]);
    this.client = Long.parseLong(args[1]);
    this.watchesStdin = args[2].equals("stdin");
    this.command = List.of(args).subList(options, args.length);
    this.container = ContainerCommand.of(command);
  }

  /**
   * The launcher's process ID, that of its parent, {@code stdin} if that is to be watched, how many
   * of the arguments that follow come before the server's command, and these.
   */
  public static void main(String[] args) {
    register(args);
  }

  /** As {@link #main}, but returns what it has started. Stdout and stderr lead nowhere then. */
  static List<Process> register(String... args) {
    Io io = Io.ofProcess();
    int options = 4 + Integer.parseInt(args[3]);
    List<String> own = new ArrayList<>(List.of(args).subList(4, options));
    own.remove("run");
    own.remove("--");
    try {
      Arguments arguments = Arguments.parse(new RunCommand(), HINT, own.toArray(String[]::new));
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

  /// Has the launcher say why its server is not tracked, and end if it may not start then.
  private static void notTracked(RunReply reply, String reason, boolean strict) {
    reply.say("sexton: this server is not tracked: " + line(reason));
    if (strict) {
      reply.exit(ExitCode.CANNOT);
    }
  }

  private static String line(String text) {
    return TerminalText.text(TerminalText.cut(text, 1000));
  }

  /// Answers in place of a registration that takes too long, as in a home whose server is gone, and
  /// ends this process: the server must not wait for it.
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
              "registering in " + options.directory().path() + " takes too long: see sexton doctor",
              options.strict());
          reply.environment(launcher, command.getFirst());
          if (replied.compareAndSet(false, true)) {
            reply(reply);
            Runtime.getRuntime().halt(0);
          }
        });
  }

  private void run(RunOptions options) {
    String id = uuid();
    ForeignInstance record = null;
    RunReply reply = new RunReply();
    String defect = processes.defect();
    if (defect != null) {
      // Nor is the environment there that of the launcher.
      notTracked(reply, defect, options.strict());
      reply(reply);
      return;
    }
    ProcessInfo server = find(launcher);
    if (server == null) {
      return; // Killed while we started.
    }
    Thread limit = limitTime(options);
    ProcessInfo parent = client > 1 && server.parent() == client ? find(client) : null;
    try {
      record =
          ForeignInstance.register(
              options.directory(),
              processes,
              server,
              id,
              options.name(),
              TerminalText.cut(String.join(" ", command), ProcessTable.MAX_COMMAND),
              (container != null && container.needsEngine()) ? Boolean.TRUE : null,
              options.keep(),
              terms(options, server, parent));
      String mark = InstanceMarker.of(options.directory().application(), id);
      reply.mark(mark);
      if (container != null) {
        insert(container, record, options, mark, reply);
        warn(container, server, reply);
      }
    } catch (IOException | RuntimeException failed) {
      notTracked(
          reply,
          "it cannot be registered in "
              + options.directory().path()
              + " ("
              + failed
              + "): see sexton doctor",
          options.strict());
    }
    reply.environment(launcher, command.getFirst());
    // Only the launcher reads the reply: if it gets there, the process that was found is the one.
    if (!replied.compareAndSet(false, true)) {
      if (record != null) {
        unregister(record);
      }
      awaitEnd(limit);
      return;
    }
    if (!reply(reply) && record != null) {
      unregister(record);
      return;
    }
    if (record != null) {
      startWatcher(options);
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

  private void insert(
      ContainerCommand containers,
      ForeignInstance record,
      RunOptions options,
      String mark,
      RunReply reply) {
    switch (containers.insertion()) {
      case LABELS -> reply.insert(labels(record, options), containers.at(), command.size());
      case MARK ->
          reply.insert(
              List.of("-e", InstanceMarker.VARIABLE + "=" + mark), containers.at(), command.size());
      case NONE -> {}
    }
  }

  /// Says in one line what cannot be taken care of.
  private void warn(ContainerCommand containers, ProcessInfo server, RunReply reply) {
    if (!containers.warning().isEmpty() && !canSweepInside(containers, server)) {
      reply.say("sexton: " + line(containers.warning()));
    }
  }

  /// Whether processes in a container can be found by their mark: by root, on the engine's machine.
  private boolean canSweepInside(ContainerCommand containers, ProcessInfo server) {
    User user = processes.user(server);
    String host = containers.environment(io.environment()).getOrDefault("DOCKER_HOST", "");
    return containers.insertion() == ContainerCommand.Insertion.MARK
        && user != null
        && user.uid() == 0
        && (host.isEmpty() || host.startsWith("unix:"));
  }

  /// What a watcher has to know of the server.
  private RunTerms terms(RunOptions options, ProcessInfo server, @Nullable ProcessInfo parent) {
    // It is our server's parent and cannot be seen: it is another user's, and cannot be watched.
    boolean hidden =
        parent == null
            && server.parent() == client
            && processes.find(client) instanceof ProcessLookup.Hidden;
    boolean endsWithClient = options.endsWithClient() && client > 1 && !hidden;
    Map<String, String> engine = new HashMap<>();
    Map<String, String> environment =
        container == null ? io.environment() : container.environment(io.environment());
    for (String variable : RunTerms.ENGINE_VARIABLES) {
      String value = environment.get(variable);
      if (value != null && !value.isEmpty()) {
        engine.put(variable, value);
      }
    }
    return new RunTerms(
        endsWithClient ? new RunTerms.Client(client, parent == null ? 0 : parent.start()) : null,
        watchesStdin ? options.afterStdinClose() : null,
        options.grace(),
        container != null && container.mayBeLate(),
        engine);
  }

  /// Starts a watcher unless one runs, by the launcher. It gets no descriptor of ours.
  private void startWatcher(RunOptions options) {
    Path root = WatcherSeat.root(io.environment(), options.named());
    if (WatcherSeat.find(root, processes) != null) {
      return;
    }
    try {
      started.add(JavaCommand.startWatcher(options.named() == null ? null : root));
    } catch (IOException later) {
      return; // The next server starts one, and the next sweep finds what this one leaves.
    }
  }

  /** The kernel's, if it has any: the JDK's loads all of its cryptography, and keeps it. */
  private static String uuid() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/uuid")).strip();
    } catch (IOException otherSystem) {
      return UUID.randomUUID().toString();
    }
  }

  private @Nullable ProcessInfo find(long pid) {
    return processes.find(pid) instanceof ProcessLookup.Present present
            && present.process().isAlive()
        ? present.process()
        : null;
  }

  private List<String> labels(ForeignInstance record, RunOptions options) {
    List<String> words = new ArrayList<>();
    EngineScan.labels(
            options.directory().application(),
            record.record().instanceId(),
            record.record().owner(),
            options.directory().path().toString())
        .forEach((key, value) -> words.addAll(List.of("--label", key + "=" + value)));
    return words;
  }

  private static void unregister(ForeignInstance record) {
    try {
      record.unregister();
    } catch (IOException left) {
      // For the next sweep, which finds its owner gone.
    }
  }

  /**
   * Replies and lets go of stdout and stderr, so that they are the server's alone: closed, they
   * lead to /dev/null.
   *
   * @return false if nobody is there any more to read it
   */
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
