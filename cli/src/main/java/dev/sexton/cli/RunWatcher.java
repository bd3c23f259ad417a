package dev.sexton.cli;

import dev.sexton.internal.Platform;
import dev.sexton.internal.process.Exec;
import dev.sexton.internal.process.Poller;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.sweep.SystemClock;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waits beside a server that {@code sexton run} has started for its end, or for a reason to end it,
 * and then becomes a {@link RunReaper}. There is one for each server, for as long as that runs, so
 * it is the least that a JVM can be: all that can be done before, or later, is done by others.
 */
final class RunWatcher {
  private static final int STDIN = 0;

  /** How many arguments come before the reaper's command. */
  private static final int OWN = 5;

  /** Without the kernel's help processes are looked at so often. */
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final ProcessTable processes = Platform.processes(false);
  private final ProcessInfo server;

  /** Whether the kernel told of the server's end, while a descriptor held it. */
  private boolean sawTheEnd;

  /** The process whose death ends the server; null if there is none to watch. */
  private final @Nullable ProcessInfo client;

  /** How long the server may stay once stdin was closed; null for ever. */
  private final @Nullable Duration afterStdinClose;

  private RunWatcher(String[] args) {
    server = process(args[0], args[1]);
    client = args[2].equals("0") ? null : process(args[2], args[3]);
    afterStdinClose = args[4].equals("never") ? null : Duration.ofMillis(Long.parseLong(args[4]));
  }

  private static ProcessInfo process(String pid, String start) {
    return ProcessInfo.identified(Long.parseLong(pid), Long.parseLong(start));
  }

  /**
   * The server's process ID and start; those of its client, 0 for none; how many milliseconds the
   * server may stay without stdin, or {@code never}; and the reaper's command, to which is added
   * what it has to know besides.
   */
  public static void main(String[] args) {
    List<String> reaper = watch(args);
    int program = reaper.indexOf(RunReaper.class.getName());
    RunReaper.main(reaper.subList(program + 1, reaper.size()).toArray(String[]::new));
  }

  /** Waits, and becomes the reaper; returns its command if that fails. Stdin leads nowhere then. */
  static List<String> watch(String[] args) {
    List<String> reaper = List.of(args).subList(OWN, args.length);
    Exec exec = Exec.prepare(reaper, 2);
    RunWatcher watcher = new RunWatcher(args);
    String stop = watcher.awaitReasonToStop();
    closeStdin(); // At once: the client is to see that nobody reads what it writes.
    long held = watcher.sawTheEnd ? watcher.processes.now() : 0;
    List<String> more = List.of(stop == null ? RunReaper.ENDED : stop, Long.toString(held));
    if (exec != null && canStart(reaper)) {
      exec.become(more);
    }
    List<String> all = new ArrayList<>(reaper);
    all.addAll(more);
    return all;
  }

  /** Whether the build that it is part of is still there; it may have been cleaned away since. */
  private static boolean canStart(List<String> reaper) {
    for (String word : reaper) {
      String file = word.startsWith("@") ? word.substring(1) : word;
      boolean needed = file.endsWith(".options") || file.endsWith(".jar");
      if (needed && !file.contains(File.pathSeparator) && !new File(file).canRead()) {
        return false;
      }
    }
    return true;
  }

  /** Waits; returns why the server is to be stopped, or null if it has ended. */
  private @Nullable String awaitReasonToStop() {
    if (afterStdinClose == null) {
      closeStdin();
    }
    try (Poller poller = Poller.open()) {
      return poller == null ? look() : await(poller);
    } catch (IOException noDescriptors) {
      return look();
    }
  }

  private @Nullable String await(Poller poller) throws IOException {
    Poller.Key end = poller.process(processes, server);
    if (end == null) {
      return null;
    }
    Poller.Key clientsEnd = client == null ? null : poller.process(processes, client);
    if (client != null && clientsEnd == null) {
      return clientEnded();
    }
    Poller.Key hangup = afterStdinClose == null ? null : poller.hangup(STDIN);
    long deadline = Long.MAX_VALUE;
    while (true) {
      Duration limit =
          deadline == Long.MAX_VALUE ? null : Duration.ofNanos(deadline - System.nanoTime());
      if (limit != null && !limit.isPositive()) {
        return "its stdin was closed";
      }
      boolean stop = false;
      for (Poller.Event event : poller.await(limit)) {
        if (event.key() == end) {
          sawTheEnd = true;
          return null;
        }
        stop |= event.key() == clientsEnd;
        if (event.key() == hangup && afterStdinClose != null) {
          deadline = System.nanoTime() + afterStdinClose.toNanos();
          closeStdin();
        }
      }
      if (stop) {
        return clientEnded();
      }
    }
  }

  private String clientEnded() {
    return client == null ? "its client ended" : "its client ended: process " + client.pid();
  }

  /** The same by looking again and again, where the kernel does not tell; stdin is not watched. */
  private @Nullable String look() {
    SystemClock clock = new SystemClock();
    while (processes.isRunning(server)) {
      if (client != null && !processes.isRunning(client)) {
        return clientEnded();
      }
      clock.sleep(INTERVAL);
    }
    return null;
  }

  private static void closeStdin() {
    try {
      System.in.close(); // Leads to /dev/null from now on.
    } catch (IOException impossible) {
      return;
    }
  }
}
