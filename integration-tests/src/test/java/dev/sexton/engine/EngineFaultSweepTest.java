package dev.sexton.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.InstanceReport;
import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Liveness;
import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.SweepReport;
import dev.sexton.Sweeper;
import dev.sexton.testkit.Reports;
import dev.sexton.testkit.Server;
import dev.sexton.testsupport.BrokenEngine;
import dev.sexton.testsupport.BrokenEngine.Fault;
import dev.sexton.testsupport.Gate;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import dev.sexton.testsupport.RealEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A server dies while its engine is out of order. Everything else is swept, the record stays as a
/// tombstone, and the sweep after the repair finishes.
@Gate("needs a container engine")
@Timeout(180)
class EngineFaultSweepTest {
  @TempDir Path home;
  private final Processes processes = new Processes();
  private RealEngine engine;
  private String stranger;
  private String state;

  @BeforeEach
  void setUp() throws IOException {
    engine = RealEngine.require();
    stranger = engine.run(Map.of(), List.of(), RealEngine.POLITE);
    state = engine.state(stranger);
  }

  @AfterEach
  void strangerIsUntouched() {
    try {
      if (engine != null) { // Null if the test was skipped.
        assertThat(state).startsWith("running ");
        assertThat(engine.state(stranger)).isEqualTo(state);
      }
    } finally {
      processes.close();
      if (engine != null) {
        engine.close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasLeftInABrokenEngineGoesWhenItIsBack(Fault fault) throws Exception {
    outlivesTheFault(Server.java(processes, home, "deephaven-mcp"), fault);
  }

  @ParameterizedTest
  @EnumSource(names = {"HANGS", "REFUSES"})
  void soItIsForARecordOfTheOriginal(Fault fault) throws Exception {
    outlivesTheFault(Server.python(processes, home), fault);
  }

  private void outlivesTheFault(Server server, Fault fault) throws IOException {
    Proc session = server.session("session", "sleep", "1000");
    String container = engine.run(server.labels(), List.of(), RealEngine.POLITE);
    server.kill();

    for (int attempt = 1; attempt <= 2; attempt++) {
      try (BrokenEngine broken = BrokenEngine.with(fault, home)) {
        InstanceReport dead = sweep(server, Map.of("DOCKER_HOST", broken.host()));
        assertThat(dead.record()).isEqualTo(RecordFate.KEPT);
        assertThat(dead.isLeft()).isTrue();
        assertThat(dead.resources())
            .filteredOn(resource -> resource.kind() == ResourceKind.CONTAINER)
            .singleElement()
            .satisfies(resource -> {
              assertThat(resource.outcome()).isEqualTo(Outcome.FAILED);
              assertThat(resource.reason()).contains(broken.host());
            });
      }
      assertThat(session.isRunning()).isFalse();
      assertThat(engine.state(container)).startsWith("running ");
      JsonObject tombstone =
          JsonParser.parseString(Files.readString(server.record())).getAsJsonObject();
      assertThat(tombstone.getAsJsonObject("sweep").get("attempts").getAsInt()).isEqualTo(attempt);
      assertThat(tombstone.getAsJsonObject("python_processes").keySet()).isEmpty();
    }

    InstanceReport swept = sweep(server, engine.environment());
    assertThat(swept.record()).as(swept.toString()).isEqualTo(RecordFate.REMOVED);
    assertThat(swept.resources()).extracting(EngineSweepContract::id).contains(container);
    assertThat(server.record()).doesNotExist();
    assertThat(engine.left()).containsExactly(stranger);
  }

  private InstanceReport sweep(Server server, Map<String, String> engineEnvironment) {
    Map<String, String> environment = new java.util.HashMap<>(engineEnvironment);
    environment.put("HOME", home.toString());
    SweepReport report =
        Sweeper.builder()
            .stateDirectory(home.resolve(".deephaven-mcp"))
            .environment(environment)
            .build()
            .sweep();
    InstanceReport dead = Reports.only(report, server.instanceId());
    assertThat(dead.liveness()).isEqualTo(Liveness.DEAD);
    assertThat(report.isClean()).isEqualTo(dead.record() == RecordFate.REMOVED);
    return dead;
  }
}
