package dev.sexton.kubernetes;

import dev.sexton.InstanceTracker;
import dev.sexton.kubernetes.internal.api.ApiClient;
import dev.sexton.kubernetes.internal.api.Limits;
import dev.sexton.kubernetes.internal.api.ObjectCreator;
import dev.sexton.kubernetes.internal.config.AccessReader;
import dev.sexton.kubernetes.internal.config.ClusterAccess;
import dev.sexton.kubernetes.internal.config.Place;
import java.io.IOException;
import java.util.Map;

/// A namespace in which an instance creates objects that end with it. Safe for use by multiple
/// threads. Holds no connection.
public final class ClusterNamespace {
  private final ObjectCreator creator;

  private ClusterNamespace(ObjectCreator creator) {
    this.creator = creator;
  }

  /// {@return a namespace} Reads the kubeconfig, but does not connect.
  ///
  /// @param place the context and the namespace, such as `dev/sessions`; it must be one that
  ///   `SEXTON_KUBERNETES` names, because a sweep looks nowhere else
  /// @param environment the environment variables, such as [System#getenv()]
  /// @throws IOException if the kubeconfig does not lead to it; the message says what to do
  /// @throws IllegalArgumentException if the variable does not name the place
  public static ClusterNamespace open(String place, Map<String, String> environment)
      throws IOException {
    for (Place known : Place.in(environment).places()) {
      if (known.text().equals(place)) {
        ClusterAccess access = AccessReader.read(known, environment);
        ApiClient client = new ApiClient(known.name(environment), access, Limits.DEFAULT);
        return new ClusterNamespace(new ObjectCreator(client, known.namespace()));
      }
    }
    throw new IllegalArgumentException(
        place + " is not in " + Place.VARIABLE + ", so no sweep would look there; add it");
  }

  /// Creates an object that belongs to an instance. It gets the instance's label, the annotations
  /// that identify its owner, and an owner reference to a config map of the instance, which is
  /// created first if necessary. The pods of a job get the labels, too.
  ///
  /// @param instance the instance
  /// @param manifest a Pod, Job, Service, NetworkPolicy, PersistentVolumeClaim, Secret or ConfigMap
  ///   in JSON
  /// @return the object as created
  /// @throws IOException if it could not be created; the message says why
  /// @throws IllegalArgumentException if the manifest is not of one of these kinds, or for another
  ///   namespace
  public CreatedObject create(InstanceTracker instance, String manifest) throws IOException {
    return creator.create(instance.containerLabels(), manifest);
  }

  /// Starts a session: creates a pod or a job, as [#create] does, and returns what follows it.
  ///
  /// @param instance the instance
  /// @param template a Pod or a Job in JSON, which is created as it is. A pod without
  ///   `restartPolicy` never ends by itself, because Kubernetes starts it again
  /// @return the pod or job, which may not run yet; the caller closes it
  /// @throws IOException if it could not be created; the message says why
  /// @throws IllegalArgumentException if the template is not a pod or job, or for another namespace
  public ClusterSession start(InstanceTracker instance, String template) throws IOException {
    return creator.start(instance.containerLabels(), template);
  }
}
