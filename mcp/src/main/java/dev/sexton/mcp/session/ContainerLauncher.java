package dev.sexton.mcp.session;

import dev.sexton.InstanceTracker;
import dev.sexton.docker.ContainerEngine;
import dev.sexton.docker.ContainerSession;
import dev.sexton.docker.ContainerSpec;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.transport.Call;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/// Launches a container.
///
/// @param spec the specification, to which the instance's labels are added
/// @param environment the variables that say where the engine is
public record ContainerLauncher(
    ContainerSpec.Builder spec, String command, Map<String, String> environment)
    implements SessionLauncher {
  @Override
  public SessionRuntime start(InstanceTracker instance, Call call)
      throws IOException, RefusalException {
    ContainerSpec labelled = spec.labels(instance.containerLabels()).build();
    instance.flush(); // The record announces a possible container before one exists.
    ContainerEngine engine = ContainerEngine.find(environment);
    AtomicReference<String> progress = new AtomicReference<>("starting " + labelled.image());
    boolean started = false;
    try {
      ContainerSession session =
          RemoteStart.await(
              "container-start",
              () -> engine.start(labelled, progress::set),
              call,
              progress::get,
              "the container cannot be started");
      started = true;
      return new ContainerRuntime(engine, session, command);
    } finally {
      if (!started) {
        engine.close();
      }
    }
  }
}
