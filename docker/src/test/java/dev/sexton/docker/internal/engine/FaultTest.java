package dev.sexton.docker.internal.engine;

import static dev.sexton.docker.internal.engine.SimulatedEngine.KEY;
import static dev.sexton.docker.internal.engine.SimulatedEngine.OURS;
import static dev.sexton.docker.internal.engine.SimulatedEngine.STRANGERS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.internal.http.Address;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import dev.sexton.testsupport.FakeEngine;
import dev.sexton.testsupport.FakeEngine.Connection;
import dev.sexton.testsupport.FaultyServer.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// One fault in each call in turn, before or after the call took effect.
///
/// In every case, no false success is reported, no stranger's resource is touched, no time limit is
/// exceeded, and the next attempt finishes the work.
@Timeout(60)
class FaultTest {
  /// Limits for an engine that hangs, so that a test does not take long.
  static final Limits SHORT = limits(Duration.ofMillis(300));

  /// Limits that an engine of a test exceeds on no machine, however busy, except that it may not
  /// refuse a removal for long.
  static final Limits AMPLE = limits(Duration.ofSeconds(20));

  /// The same, for an engine that first refuses a removal and then does not.
  static final Limits PATIENT = limits(Duration.ofSeconds(20), Duration.ofSeconds(20));

  static Limits limits(Duration limit) {
    return limits(limit, Duration.ofMillis(150));
  }

  private static Limits limits(Duration limit, Duration busy) {
    return new Limits(limit, new Limits.Stop(limit, limit), limit, busy, limit);
  }

  /// Find, image, stop and remove calls for three resources.
  ///
  /// A test below verifies this number.
  private static final int CALLS = 17;

  private static final Duration GRACE = Duration.ofMillis(10);

  @TempDir Path directory;

  @Test
  void withoutFaultsEverythingGoes() throws Exception {
    SimulatedEngine simulated = new SimulatedEngine();
    try (FakeEngine engine = new FakeEngine(directory, simulated)) {
      List<LabelledResource> found = provider(engine).find(Set.of(KEY));
      assertThat(found).hasSize(3);
      assertThat(provider(engine).stop(found.getFirst(), GRACE)).isEqualTo(Outcome.STOPPED);
    }
    assertThat(simulated.changes()).containsExactly("POST /containers/" + OURS + "/stop?t=1");
  }

  @Test
  void everyCallIsCounted() throws Exception {
    SimulatedEngine simulated = new SimulatedEngine();
    try (FakeEngine engine = new FakeEngine(directory, simulated)) {
      assertThat(clean(provider(engine), simulated)).isEmpty();
    }
    assertThat(simulated.calls()).isEqualTo(CALLS);
    assertGone(simulated);
  }

  static Stream<Arguments> faults() {
    List<Arguments> faults = new ArrayList<>();
    for (int call = 0; call < CALLS; call++) {
      for (boolean before : new boolean[] {true, false}) {
        faults.add(fault(call, before, "hangs", Connection::hang));
        faults.add(fault(call, before, "closes", connection -> {}));
        faults.add(
            fault(
                call,
                before,
                "answers half",
                connection -> connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[{")));
        faults.add(
            fault(
                call,
                before,
                "answers 500",
                connection -> connection.reply(500, "{\"message\":\"no\"}")));
        faults.add(
            fault(
                call,
                before,
                "answers a web page",
                connection -> connection.reply(200, "<html>Log in!</html>")));
        faults.add(
            fault(
                call,
                before,
                "answers 404 for another reason",
                connection -> connection.reply(404, "{\"message\":\"page not found\"}")));
        faults.add(
            fault(
                call,
                before,
                "answers a web page's 404",
                connection -> connection.reply(404, "<html>404</html>")));
        faults.add(
            fault(call, before, "answers null", connection -> connection.reply(200, "null")));
        faults.add(
            fault(
                call,
                before,
                "answers 400",
                connection -> connection.reply(400, "client version 1.41 is too old")));
      }
    }
    return faults.stream();
  }

  private static Arguments fault(int call, boolean before, String what, Fault fault) {
    String name = "call " + call + " " + what + (before ? "" : ", yet does it");
    return Arguments.of(name, new SimulatedEngine(call, before, fault));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void oneFaultInEachCall(String name, SimulatedEngine simulated) throws Exception {
    try (FakeEngine engine = new FakeEngine(directory, simulated)) {
      Limits limits = name.contains("hangs") ? SHORT : AMPLE;
      long start = System.nanoTime();
      List<IOException> first =
          clean(new EngineProvider("Fake", new Address.Unix(engine.socket()), limits), simulated);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      for (IOException failure : first) {
        assertThat(failure).hasMessageContaining("Fake");
      }
      assertThat(clean(provider(engine), simulated)).isEmpty();
    }
    assertGone(simulated);
  }

  /// Cleans up as a sweep does, verifies every result, and returns the failures.
  private static List<IOException> clean(ResourceProvider provider, SimulatedEngine simulated) {
    List<IOException> failures = new ArrayList<>();
    List<LabelledResource> found;
    try {
      found = provider.find(Set.of(KEY));
      assertThat(found)
          .extracting(resource -> path(resource))
          .containsAll(
              Stream.of("/containers/", "/networks/", "/volumes/")
                  .map(kind -> kind + OURS)
                  .filter(simulated::exists)
                  .toList());
    } catch (IOException e) {
      return List.of(e);
    }
    for (LabelledResource resource : found) {
      try {
        // If the engine says nothing about an image, the image must not seem to have no labels.
        assertThat(provider.imageLabels(resource))
            .isEqualTo(
                resource.kind() == ResourceKind.CONTAINER ? Map.of("from", "image") : Map.of());
        assertThat(provider.stop(resource, GRACE))
            .isIn(Outcome.GONE, Outcome.STOPPED, Outcome.KILLED);
        assertThat(simulated.runs(path(resource))).isFalse();
        provider.remove(resource);
        assertThat(simulated.exists(path(resource))).isFalse();
      } catch (IOException e) {
        failures.add(e);
      }
    }
    return failures;
  }

  private static String path(LabelledResource resource) {
    return "/" + resource.kind().word() + "s/" + resource.id();
  }

  private static void assertGone(SimulatedEngine simulated) {
    for (String kind : List.of("/containers/", "/networks/", "/volumes/")) {
      assertThat(simulated.exists(kind + OURS)).isFalse();
      assertThat(simulated.exists(kind + STRANGERS)).isTrue();
    }
    assertThat(simulated.runs("/containers/" + STRANGERS)).isTrue();
    assertThat(simulated.changes()).noneMatch(change -> change.contains(STRANGERS));
  }

  private static ResourceProvider provider(FakeEngine engine) {
    return new EngineProvider("Fake", new Address.Unix(engine.socket()), AMPLE);
  }
}
