package dev.sexton.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A state directory with records in the original's form, and processes of the test's own.
public final class StateFixture implements AutoCloseable {
  /// A PID that no kernel assigns: Linux stops at 4194304.
  public static final long NOBODY = 2_000_000_000;

  public static final String ID = "b7710e55-0000-4000-8000-000000000001";

  /// The ID for an instance whose state cannot be determined.
  public static final String UNKNOWN = "c01d2f9a-0000-4000-8000-000000000002";

  public final Path home;
  public final Path state;
  private final Path instances;
  private final List<Process> processes = new ArrayList<>();

  public StateFixture(Path directory) throws IOException {
    home = Files.createDirectory(directory.resolve("home"));
    state = Files.createDirectory(directory.resolve("state"));
    instances = Files.createDirectory(state.resolve("instances"));
  }

  public CommandRun run(String... args) {
    return CommandRun.of(home, withStateDirectory(args));
  }

  public CommandRun runOnTerminal(String... args) {
    return CommandRun.onTerminal(home, withStateDirectory(args));
  }

  private String[] withStateDirectory(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--state-dir");
    all.add(state.toString());
    return all.toArray(String[]::new);
  }

  /// Writes the record of a dead server.
  public void dead(String id, String processes) throws IOException {
    write(
        id + ".json",
        """
        {"instance_id": "%s", "pid": %d, "started_at": "2026-01-01T00:00:00.000001",
         "python_processes": {%s}}
        """
            .formatted(id, NOBODY, processes));
  }

  /// Writes the record of a dead server that names this JVM as its child `us`, and returns its PID.
  public long deadWithThisProcess() throws IOException {
    long own = ProcessHandle.current().pid();
    write(
        ID + ".json",
        """
        {"instance_id": "%s", "pid": %d, "started_at": "2000-01-01T00:00:00",
         "python_processes": {"us": %d}}
        """
            .formatted(ID, NOBODY, own));
    return own;
  }

  /// Writes the record of a server on another machine, whose state cannot be known here.
  public void unknown(String id) throws IOException {
    write(
        id + ".json",
        """
        {"instance_id": "%s", "pid": 512, "started_at": "2026-01-01T00:00:00Z",
         "python_processes": {}, "schema": 1, "application": "mcp", "name": "far",
         "owner": {"pid": 512, "start": 5, "host": "elsewhere", "boot": "b", "pid_namespace": "n",
          "unit": "ticks"}}
        """
            .formatted(id));
  }

  public void write(String name, String content) throws IOException {
    Files.writeString(instances.resolve(name), content);
  }

  public boolean exists(String name) {
    return Files.exists(instances.resolve(name));
  }

  public Path lockOf(String id) {
    return instances.resolve(id + ".lock");
  }

  /// Writes a journal line about one process.
  public void journal(String outcome, long pid, long start, Instant at) throws IOException {
    Files.writeString(
        state.resolve("journal.jsonl"),
        """
        {"at":"%s","sweeper":{"pid":1,"command":"x"},"application":"mcp","instance_id":"%s",\
        "kind":"process","name":"n","pid":%d,"start":%d,"command":"the command",\
        "reason":"the reason","outcome":"%s","millis":0}
        """
            .formatted(at, ID, pid, start, outcome),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /// Starts a process that lives until it is stopped.
  public Process start(String script) throws IOException {
    Process process = new ProcessBuilder("sh", "-c", script).start();
    processes.add(process);
    return process;
  }

  /// Like [#start], but waits until the process ignores SIGTERM.
  public Process startStubborn() throws IOException {
    Process process = start("trap '' TERM; echo ready; while :; do sleep 0.1; done");
    if (process.inputReader().readLine() == null) {
      throw new IOException("the shell ended");
    }
    return process;
  }

  @Override
  public void close() {
    processes.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
    processes.forEach(Process::destroyForcibly);
  }
}
