package dev.sexton.benchmarks;

import dev.sexton.InstanceTracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// A server that launches one process with a child, and waits to be killed.
public final class Owner {
  private Owner() {}

  /// Takes the home. Prints the PIDs of the launched process and of its sentinel or 0.
  public static void main(String[] args) throws IOException, InterruptedException {
    InstanceTracker instance =
        InstanceTracker.builder()
            .application("benchmark")
            .stateDirectory(Path.of(args[0], "state"))
            .sweepOnRegister(false)
            .register();
    Process session =
        instance.launch("session", new ProcessBuilder("sh", "-c", "sleep 1000 & wait"));
    System.out.println(session.pid() + " " + sentinel(instance.instanceId()));
    System.out.flush();
    new CountDownLatch(1).await();
  }

  private static long sentinel(String instanceId) throws IOException {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      for (ProcessHandle process : all.toList()) {
        Path commandLine = Path.of("/proc", Long.toString(process.pid()), "cmdline");
        if (process.pid() != ProcessHandle.current().pid()
            && Files.isReadable(commandLine)
            && contains(commandLine, instanceId)) {
          return process.pid();
        }
      }
    }
    return 0;
  }

  private static boolean contains(Path commandLine, String text) {
    try {
      return Files.readString(commandLine).contains(text);
    } catch (IOException ended) {
      return false;
    }
  }
}
