package dev.sexton.testsupport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/// The processes that a test started, directly or through a server. Each is known by its PID and
/// start time, so no other process is ever killed or taken for one of them.
public final class Processes implements AutoCloseable {
  private final List<Proc> all = new ArrayList<>();

  /// Starts a process and remembers it.
  public Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    adopt(process.pid());
    return process;
  }

  /// Starts a process that nothing may end during the test.
  public Proc canary(String... command) throws IOException {
    return adopt(start(new ProcessBuilder(command)).pid());
  }

  /// Returns the exit code of a process, once it has ended.
  ///
  /// @param what what does not end otherwise
  public static int awaitExit(Process process, String what) throws IOException {
    try {
      if (!process.waitFor(Await.LIMIT.toSeconds(), SECONDS)) {
        throw new AssertionError(what + " does not end");
      }
      return process.exitValue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException(interrupted);
    }
  }

  /// Remembers a process that another process of the test started. It must be running.
  public Proc adopt(long pid) {
    Proc one = pid < 2 ? null : Proc.find(pid);
    if (one == null) {
      throw new AssertionError("process " + pid + " is gone already");
    }
    all.add(one);
    return one;
  }

  /// Returns the IDs of a process's children.
  public static List<Long> children(long pid) {
    try {
      String children = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
      return children.isBlank()
          ? List.of()
          : Arrays.stream(children.strip().split(" ", -1)).map(Long::valueOf).toList();
    } catch (IOException gone) {
      return List.of();
    }
  }

  /// Waits until none of these processes runs.
  public static void awaitGone(Collection<Proc> processes) {
    await()
        .atMost(Await.LIMIT)
        .untilAsserted(() -> assertThat(processes).noneMatch(Proc::isRunning));
  }

  @Override
  public void close() {
    all.forEach(Proc::kill);
  }
}
