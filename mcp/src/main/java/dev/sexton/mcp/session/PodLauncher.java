package dev.sexton.mcp.session;

import dev.sexton.InstanceTracker;
import dev.sexton.kubernetes.ClusterNamespace;
import dev.sexton.kubernetes.ClusterSession;
import dev.sexton.kubernetes.ClusterState;
import dev.sexton.kubernetes.ClusterState.Phase;
import dev.sexton.mcp.RefusalException;
import dev.sexton.mcp.pod.PodTemplate;
import dev.sexton.mcp.transport.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// Launches a pod or a job, and waits until its first container has started.
///
/// @param place the namespace, as `CONTEXT/NAMESPACE`
/// @param environment the variables that say where the clusters are
public record PodLauncher(PodTemplate template, String place, Map<String, String> environment)
    implements SessionLauncher {
  /// The variable that names the namespaces in which sweeps look.
  private static final String VARIABLE = "SEXTON_KUBERNETES";

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

  /// What a pod waits for in vain unless somebody changes something.
  private static final Set<String> HOPELESS =
      Set.of(
          "ImagePullBackOff",
          "ErrImageNeverPull",
          "InvalidImageName",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError");

  @Override
  public SessionRuntime start(InstanceTracker instance, Call call)
      throws IOException, RefusalException {
    // Before any class of the module is loaded: most servers have no cluster.
    if (environment.getOrDefault(VARIABLE, "").isEmpty()) {
      throw new RefusalException(
          "this server knows no cluster",
          "an operator has to start it with " + VARIABLE + "=" + place);
    }
    instance.flush(); // The record announces a possible pod before one exists.
    ClusterSession session =
        RemoteStart.await(
            "pod-create",
            () -> ClusterNamespace.open(place, environment).start(instance, template.json()),
            call,
            () -> "creating the pod in " + place,
            "the pod cannot be created");
    boolean started = false;
    try {
      awaitStart(session, call);
      started = true;
      return new PodRuntime(session, place, template);
    } finally {
      if (!started) {
        session.close();
      }
    }
  }

  private void awaitStart(ClusterSession session, Call call) throws RefusalException {
    AtomicReference<ClusterState> last =
        new AtomicReference<>(new ClusterState(Phase.WAITING, 0, "", "it was just created"));
    boolean over =
        call.await(
            () -> {
              try {
                last.set(session.state());
              } catch (IOException unreachable) {
                last.set(
                    new ClusterState(
                        Phase.WAITING, 0, "", String.valueOf(unreachable.getMessage())));
              }
              ClusterState now = last.get();
              return now.phase() != Phase.WAITING || HOPELESS.contains(now.reason());
            },
            BETWEEN_LOOKS,
            RemoteStart.LIMIT,
            () -> "waiting for " + session.object().name() + " to start" + why(last.get()));
    if (!over || last.get().phase() == Phase.WAITING) {
      throw new RefusalException(
          "the pod "
              + session.object().name()
              + " does not start and was deleted"
              + why(last.get()),
          "correct the template, or see what is wrong in the cluster");
    }
  }

  private static String why(ClusterState state) {
    String words = PodRuntime.words(state);
    return words.isEmpty() ? "" : " (" + words + ")";
  }
}
