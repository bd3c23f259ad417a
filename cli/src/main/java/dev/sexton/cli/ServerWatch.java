package dev.sexton.cli;

import dev.sexton.internal.instance.OthersRecord;
import dev.sexton.internal.process.Poller;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.sweep.OwnerStopper;
import dev.sexton.internal.sweep.SystemClock;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of a server, or for a reason to end it, and then takes away what it left. For
 * use by one thread.
 */
final class ServerWatch {
  private static final int STDIN = 0;

  /** Without the kernel's help processes are looked at so often. */
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final RunOptions options;
  private final ProcessTable processes;
  private final OthersRecord record;
  private final ProcessInfo server;
  private final Map<String, String> environment;

  ServerWatch(
      RunOptions options,
      ProcessTable processes,
      OthersRecord record,
      ProcessInfo server,
      Map<String, String> environment) {
    this.options = options;
    this.processes = processes;
    this.record = record;
    this.server = server;
    this.environment = environment;
  }

  /**
   * Watches until the server and all that it made are gone.
   *
   * @param client the process whose death ends the server; null if there is none to watch
   * @param orphaned whether that is dead already
   * @param stdin whether the end of stdin ends the server, too
   */
  void run(@Nullable ProcessInfo client, boolean orphaned, boolean stdin) {
    if (!stdin) {
      closeStdin();
    }
    try (Poller poller = Poller.open()) {
      sweepOthers();
      boolean stop = options.endsWithClient() && orphaned;
      ProcessInfo parent = options.endsWithClient() ? client : null;
      if (!stop) {
        stop = poller == null ? look(parent) : await(poller, parent, stdin);
      }
      closeStdin(); // At once: the client is to see that nobody reads what it writes.
      if (stop) {
        new OwnerStopper(processes, new SystemClock()).stop(server, options.grace());
      }
    } catch (IOException noDescriptors) {
      look(null);
    }
    reap();
  }

  /** Waits; whether the server is to be stopped, for it has not ended. */
  private boolean await(Poller poller, @Nullable ProcessInfo client, boolean stdin)
      throws IOException {
    Poller.Key end = poller.process(processes, server);
    if (end == null) {
      return false;
    }
    Poller.Key clientsEnd = client == null ? null : poller.process(processes, client);
    if (client != null && clientsEnd == null) {
      return true;
    }
    Duration patience = options.afterStdinClose();
    Poller.Key hangup = stdin && patience != null ? poller.hangup(STDIN) : null;
    long deadline = Long.MAX_VALUE;
    while (true) {
      Duration limit =
          deadline == Long.MAX_VALUE ? null : Duration.ofNanos(deadline - System.nanoTime());
      if (limit != null && !limit.isPositive()) {
        return true;
      }
      boolean stop = false;
      for (Poller.Event event : poller.await(limit)) {
        if (event.key() == end) {
          return false;
        }
        stop |= event.key() == clientsEnd;
        if (event.key() == hangup && patience != null) {
          deadline = System.nanoTime() + patience.toNanos();
          closeStdin();
        }
      }
      if (stop) {
        return true;
      }
    }
  }

  /** The same by looking again and again, where the kernel does not tell; stdin is not watched. */
  private boolean look(@Nullable ProcessInfo client) {
    SystemClock clock = new SystemClock();
    while (processes.isRunning(server)) {
      if (client != null && !processes.isRunning(client)) {
        return true;
      }
      clock.sleep(INTERVAL);
    }
    return false;
  }

  private static void closeStdin() {
    try {
      System.in.close(); // Leads to /dev/null from now on.
    } catch (IOException impossible) {
      return;
    }
  }

  /** As every server that registers does. */
  private void sweepOthers() {
    List<String> words = new ArrayList<>(List.of("sweep", "-q"));
    words.addAll(List.of("--app", options.directory().application()));
    words.addAll(List.of("--state-dir", options.directory().path().toString()));
    words.addAll(List.of("--grace", options.grace().toMillis() + "ms"));
    try {
      start(Main.class, words);
    } catch (IOException later) {
      return; // The next server that starts sweeps, too.
    }
  }

  private void reap() {
    try {
      record.noteSession();
    } catch (IOException unwritable) {
      // Then those of its session that are not marked are spared.
    }
    boolean containers = !Boolean.FALSE.equals(record.record().usesContainers());
    List<String> words = RunReaper.arguments(options, record.record().instanceId(), containers);
    try {
      start(RunReaper.class, words);
    } catch (IOException cannotStart) {
      RunReaper.reap(words);
    }
  }

  /** Starts a sweep in a JVM of its own: in this one, its memory would stay. */
  private void start(Class<?> program, List<String> words) throws IOException {
    List<String> command = SelfCommand.built(program);
    command.addAll(words);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.start();
  }
}
