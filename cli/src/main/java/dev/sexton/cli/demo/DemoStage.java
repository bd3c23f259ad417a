package dev.sexton.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.HeldResource;
import dev.sexton.HeldResource.HeldProcess;
import dev.sexton.InstanceInfo;
import dev.sexton.InstanceTracker;
import dev.sexton.Instances;
import dev.sexton.StateScope;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import dev.sexton.cli.demo.DemoContainer.Image;
import dev.sexton.cli.output.ProgressLine;
import dev.sexton.docker.DockerProviderFactory;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The setting of the demo: a directory, a server and what the server started. Closing it removes
/// everything, even if the demo fails. An interrupt of the demo closes it as well.
final class DemoStage implements AutoCloseable {
  private final Map<String, String> environment;
  private final Path directory;
  private final Set<ProcessHandle> seen = new LinkedHashSet<>();
  private final Thread hook = new Thread(this::clear, "sexton-demo-cleanup");
  private @Nullable Process server;
  private @Nullable Image image;
  private String instanceId = "";
  private boolean cleared;

  private DemoStage(Map<String, String> environment, Path directory) {
    this.environment = environment;
    this.directory = directory;
  }

  static DemoStage open(Map<String, String> environment) throws IOException {
    DemoStage stage =
        new DemoStage(environment, Files.createTempDirectory("sexton-demo-").toRealPath());
    Runtime.getRuntime().addShutdownHook(stage.hook);
    return stage;
  }

  /// Starts the server. Returns why it has no container, or an empty text if it has one.
  String startServer() throws IOException {
    Image found = DemoContainer.find(directory.getFileName().toString());
    image = found;
    List<String> command = new ArrayList<>(JavaCommand.of(DemoServer.class));
    command.add(directory.toString());
    if (found != null) {
      command.addAll(found.arguments());
    }
    Process started = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    server = started;
    String withoutContainer =
        found == null ? "no engine answers the docker command, or it has no image" : "";
    BufferedReader said =
        new BufferedReader(new InputStreamReader(started.getInputStream(), UTF_8));
    String line = said.readLine();
    while (line != null && !line.equals(DemoServer.READY)) {
      if (line.startsWith(DemoServer.NO_CONTAINER)) {
        withoutContainer = line.substring(DemoServer.NO_CONTAINER.length());
      }
      line = said.readLine();
    }
    if (line == null) {
      throw new IOException("the demo's server did not start");
    }
    return withoutContainer;
  }

  long serverPid() {
    return server == null ? 0 : server.pid();
  }

  /// Returns the instance with what it holds at this moment.
  InstanceInfo look() throws IOException {
    for (InstanceInfo instance : Instances.in(scope()).list().instances()) {
      instanceId = instance.instanceId();
      for (HeldResource resource : instance.resources()) {
        if (resource instanceof HeldProcess process) {
          process.pids().forEach(pid -> ProcessHandle.of(pid).ifPresent(seen::add));
        }
      }
      return instance;
    }
    throw new IOException("the demo's server is not registered");
  }

  private StateScope scope() {
    return StateScope.of(environment)
        .withApplications(List.of(DemoServer.APPLICATION))
        .withStateDirectory(directory);
  }

  /// Kills the server and waits until it is gone. Returns the elapsed milliseconds.
  long killServer() {
    Process killed = server;
    long begun = System.nanoTime();
    if (killed != null) {
      killed.destroyForcibly();
      try {
        killed.waitFor();
      } catch (InterruptedException over) {
        Thread.currentThread().interrupt();
      }
    }
    return (System.nanoTime() - begun) / 1_000_000;
  }

  SweepReport sweep(Duration grace, @Nullable ProgressLine progress) {
    Sweeper.Builder builder = Sweeper.builder().scope(scope()).grace(grace);
    if (progress != null) {
      builder.progress(progress);
    }
    return builder.build().sweep();
  }

  /// Returns the observed processes that are still alive.
  List<Long> livingProcesses() {
    List<Long> living = new ArrayList<>();
    for (ProcessHandle process : seen) {
      // A handle counts a zombie as alive, and a PID may belong to another process by now.
      if (process.isAlive() && InstanceTracker.isProcessRunning(process.pid())) {
        living.add(process.pid());
      }
    }
    return living;
  }

  int seenProcesses() {
    return seen.size();
  }

  /// Returns the containers of the instance that still exist.
  List<String> livingContainers(boolean remove) throws IOException {
    List<String> living = new ArrayList<>();
    String label = DemoServer.INSTANCE_LABEL;
    for (ResourceProvider engine : new DockerProviderFactory().discover(environment)) {
      try (engine) {
        for (LabelledResource resource : engine.find(Set.of(label))) {
          if (!instanceId.isEmpty() && instanceId.equals(resource.labels().get(label))) {
            living.add(resource.name());
            if (remove) {
              engine.remove(resource);
            }
          }
        }
      }
    }
    return living;
  }

  @Override
  public void close() {
    clear();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // The hook has run or is running.
    }
  }

  private synchronized void clear() {
    if (cleared) {
      return;
    }
    cleared = true;
    killServer();
    try {
      look();
    } catch (IOException unregistered) {
      // Then everything was swept, or nothing was started.
    }
    seen.forEach(ProcessHandle::destroyForcibly); // Compares the start time first.
    Image used = image;
    if (used != null) {
      try {
        livingContainers(true);
      } catch (IOException unreachable) {
        // The next sweep recognizes it by its label.
      }
      DemoContainer.remove(used);
    }
    try {
      delete(directory);
    } catch (IOException leftInTheTemporaryDirectory) {
      return;
    }
  }

  private static void delete(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failed)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
