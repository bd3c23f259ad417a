package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.hostile.DeadInstancesFixture;
import dev.sexton.hostile.DeadInstancesTestBase;
import dev.sexton.internal.liveness.Verdict;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.EngineScan.Found;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Tests that resources of every kind are stopped, in an order in which none is in use.
class LabelledResourceStopperTest extends DeadInstancesTestBase {
  /// An engine that notes the kinds of the resources that it stops.
  private static final class Engine implements ResourceProvider {
    final List<ResourceKind> stopped = Collections.synchronizedList(new ArrayList<>());

    @Override
    public String name() {
      return "engine";
    }

    @Override
    public List<LabelledResource> find(Set<String> labelKeys) {
      return List.of();
    }

    @Override
    public @Nullable Map<String, String> imageLabels(LabelledResource resource) {
      return Map.of();
    }

    @Override
    public Outcome stop(LabelledResource resource, Duration grace) {
      stopped.add(resource.kind());
      return Outcome.STOPPED;
    }

    @Override
    public void remove(LabelledResource resource) {}
  }

  private ObservedInstance instance() throws IOException {
    String id = "0b0e4c6e-6d8e-4c53-9d0b-3f0a7a1c2d11";
    Process owner = graveyard.sleeper();
    return new ObservedInstance(
        graveyard.directory(),
        graveyard.record(
            new DeadInstancesFixture.Instance(id, owner, graveyard.sleeper()),
            graveyard.identity(owner.pid())),
        new StateDirectory.Content(new byte[0], Instant.EPOCH, false),
        null,
        Verdict.dead("test"));
  }

  @Test
  void everyKindIsStoppedAndUsersOfAResourceBeforeIt() throws IOException {
    Engine engine = new Engine();
    ObservedInstance instance = instance();
    Map<Found, ObservedInstance> toStop = new LinkedHashMap<>();
    List<ResourceKind> kinds = new ArrayList<>(List.of(ResourceKind.values()));
    Collections.reverse(kinds);
    for (ResourceKind kind : kinds) {
      LabelledResource resource =
          new LabelledResource(kind, kind.word(), kind.word(), Map.of(), "");
      if (kind != ResourceKind.PROCESS) {
        toStop.put(new Found(engine, resource), instance);
      }
    }
    List<ResourceResult> results =
        new LabelledResourceStopper(graveyard.ports(List.of(engine)), Duration.ZERO).stop(toStop);
    assertThat(results).hasSameSizeAs(toStop.entrySet());
    assertThat(engine.stopped)
        .hasSameSizeAs(toStop.entrySet())
        .containsSubsequence(ResourceKind.CONTAINER, ResourceKind.NETWORK, ResourceKind.VOLUME)
        .containsSubsequence(
            ResourceKind.POD,
            ResourceKind.NETWORK_POLICY,
            ResourceKind.CLAIM,
            ResourceKind.CONFIG_MAP);
  }
}
