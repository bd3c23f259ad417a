package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.SweepReport;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.internal.lock.FileInstanceLocks;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessSnapshot;
import dev.sexton.internal.process.ProcessTable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A full sweep that finds an instance at the moment of its death.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JustDiedTest {
  /// Returns a table whose first snapshot lacks one process.
  ///
  /// This happens to a process that is forked after the listing has passed its place.
  private static ProcessTable missingOnce(ProcessTable real, long pid) {
    boolean[] missed = {false};
    return (ProcessTable)
        Proxy.newProxyInstance(
            ProcessTable.class.getClassLoader(),
            new Class<?>[] {ProcessTable.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(real, arguments);
                if (result instanceof ProcessSnapshot snapshot && !missed[0]) {
                  List<ProcessInfo> others =
                      snapshot.all().stream().filter(process -> process.pid() != pid).toList();
                  missed[0] = others.size() < snapshot.all().size();
                  return new ProcessSnapshot(others);
                }
                return result;
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  @Test
  void whatTheFirstListingMissesIsFoundByTheNext(@TempDir Path directory) throws Exception {
    try (DeadInstancesFixture fixture = new DeadInstancesFixture(directory.resolve("state"))) {
      DeadInstancesFixture.Instance dead = fixture.deadInstance();
      dead.child().destroyForcibly().onExit().join();
      Process marked =
          fixture.spawn(
              "env",
              InstanceMarker.VARIABLE
                  + "="
                  + InstanceMarker.of(DeadInstancesFixture.APPLICATION, dead.id()),
              "sleep",
              "900");
      Ports ports =
          new Ports(
              missingOnce(fixture.processes(), marked.pid()),
              new FileInstanceLocks(),
              List.of(),
              new SystemClock(),
              new ThreadWorkers());
      SweepRequest everything =
          SweepRequest.of(List.of(fixture.directory()))
              .everywhere(true)
              .grace(Duration.ofMillis(500))
              .build();

      SweepReport report = new Sweep(ports, everything).run();

      assertThat(fixture.processes().violations()).isEmpty();
      assertThat(marked.waitFor()).as("%s", report).isNotZero();
    }
  }
}
