package dev.sexton.cli;

import dev.sexton.internal.Platform;
import dev.sexton.internal.command.ContainerCommand;
import dev.sexton.internal.instance.ForeignInstance;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
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

/// Registers a server that `sexton run` starts. The launcher starts this process, waits for its
/// reply, carries that out, and becomes the server. Then this process starts the user's watcher
/// unless one runs. Before the reply it does as little as possible, since the server waits for it.
/// The launcher registers most servers itself. This class is for those that need more than a shell.
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

  /// Takes the launcher's PID, its parent's PID, `stdin` if stdin is to be watched, the number of
  /// the following arguments that precede the server's command, and these arguments.
  public static void main(String[] args) {
    register(args);
  }

  /// Like [#main], but returns the processes that it has started. Afterwards stdout and stderr lead
  /// nowhere.
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
              "registering in " + options.directory().path() + " takes too long: run sexton doctor",
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
      // The launcher's environment is not there either.
      notTracked(reply, defect, options.strict());
      reply(reply);
      return;
    }
    ProcessInfo server = find(launcher);
    if (server == null) {
      return; // Killed while this process started.
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
              TerminalText.cut(String.join(" ", command), ProcessReader.MAX_COMMAND),
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
              + "): run sexton doctor",
          options.strict());
    }
    reply.environment(launcher, command.getFirst());
    // Only the launcher reads the reply. If it is read, the process that was found is the launcher.
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

  /// Reports in one line what cannot be handled.
  private void warn(ContainerCommand containers, ProcessInfo server, RunReply reply) {
    if (!containers.warning().isEmpty() && !canSweepInside(containers, server)) {
      reply.say("sexton: " + line(containers.warning()));
    }
  }

  /// Returns whether processes in a container can be found by their marker. Only root can find
  /// them, on the engine's machine.
  private boolean canSweepInside(ContainerCommand containers, ProcessInfo server) {
    User user = processes.user(server);
    String host = containers.environment(io.environment()).getOrDefault("DOCKER_HOST", "");
    return containers.insertion() == ContainerCommand.Insertion.MARK
        && user != null
        && user.uid() == 0
        && (host.isEmpty() || host.startsWith("unix:"));
  }

  /// Returns what a watcher has to know about the server.
  private RunTerms terms(RunOptions options, ProcessInfo server, @Nullable ProcessInfo parent) {
    // The parent of the server cannot be seen, so it is another user's process and cannot be
    // watched.
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

  /// Starts a watcher with the launcher unless one runs. It inherits no descriptors.
  private void startWatcher(RunOptions options) {
    Path root = WatcherSeat.root(io.environment(), options.named());
    if (WatcherSeat.find(root, processes) != null) {
      return;
    }
    try {
      started.add(JavaBuild.start(options.named() == null ? null : root));
    } catch (IOException later) {
      return; // The next server starts one, and the next sweep finds what this server leaves.
    }
  }

  /// Reads the kernel's UUID if possible. The JDK's would load all of its cryptography for good.
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
      // Left for the next sweep, which finds its owner gone.
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
