package dev.sexton.mcpsdk;

import dev.sexton.InstanceTracker;
import io.modelcontextprotocol.client.transport.ServerParameters;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The process of one server, registered as a separate instance. Nothing else carries its marker,
/// so everything that the server started can be told from what other servers started.
final class ServerProcess {
  /// How long the JVM may take to collect the exit status of a process that has ended.
  private static final Duration COLLECTED = Duration.ofSeconds(5);

  private final InstanceTracker instance;
  private final Process process;

  private ServerProcess(InstanceTracker instance, Process process) {
    this.instance = instance;
    this.process = process;
  }

  /// Starts a server.
  ///
  /// @throws IOException if the command does not exist or cannot be run
  static ServerProcess start(InstanceTracker.Builder registration, ServerParameters parameters)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(parameters.getCommand()));
    command.addAll(parameters.getArgs());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(parameters.getEnv());
    InstanceTracker instance = registration.register();
    try {
      return new ServerProcess(instance, instance.launch("server", builder));
    } catch (IOException | RuntimeException failed) {
      instance.unregister();
      throw failed;
    }
  }

  OutputStream stdin() {
    return process.getOutputStream();
  }

  InputStream stdout() {
    return process.getInputStream();
  }

  InputStream stderr() {
    return process.getErrorStream();
  }

  /// Runs a task this much later than the end of the process.
  void whenEnded(Duration later, Runnable task) {
    var _ =
        process
            .onExit()
            .thenRunAsync(
                task, CompletableFuture.delayedExecutor(later.toNanos(), TimeUnit.NANOSECONDS));
  }

  /// Waits for the end of the process, and returns whether it has ended.
  boolean await(Duration limit) {
    try {
      return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }

  /// Describes how the process ended, or that it has not.
  String state() {
    if (process.isAlive()) {
      return "has closed its output";
    }
    return "has ended with status " + process.exitValue();
  }

  /// Stops everything that is left: the process itself and everything that it started.
  ///
  /// @return whether nothing is left
  boolean stop(Duration grace) {
    if (!instance.isRegistered()) {
      return stopUnregistered(grace);
    }
    instance.close(grace);
    // The record stays as long as anything of the instance does. Once it is gone, the process has
    // ended, but a thread of the JVM may not have collected its exit status yet.
    return !Files.exists(instance.instanceFile()) && await(COLLECTED);
  }

  /// Stops the process tree, as far as it is still connected. There is no record to use.
  private boolean stopUnregistered(Duration grace) {
    List<ProcessHandle> tree =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    tree.forEach(ProcessHandle::destroy);
    if (!await(grace) || tree.stream().anyMatch(ProcessHandle::isAlive)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      tree.forEach(ProcessHandle::destroyForcibly);
    }
    return await(grace);
  }
}
