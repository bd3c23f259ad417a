package dev.sexton.spi;

import dev.sexton.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A source of labelled resources, for example one container engine.
///
/// Every method has its own time limit and throws when it expires. None may block without a limit.
/// All methods are safe for use by multiple threads. An implementation stops and removes exactly
/// the resource it is given, identified by [LabelledResource#id()]. The caller has already decided
/// which instance owns it.
public interface ResourceProvider extends AutoCloseable {
  /// {@return a human-readable name with the address, such as `Docker at
  /// unix:///var/run/docker.sock`}
  String name();

  /// Announces that this provider will be called soon. An implementation may connect in the
  /// background, so that its first answer comes sooner. Returns at once. Failures are not reported,
  /// because the call that follows fails too.
  default void prepare() {}

  /// Returns how the engine describes itself to people, such as `Docker Engine 28.5.2, API 1.51`.
  /// Asks the engine on each call.
  ///
  /// @return the description; empty if there is none
  /// @throws IOException if the engine cannot be asked or does not answer in time
  default String version() throws IOException {
    return "";
  }

  /// Lists, in one pass, all resources that have at least one of these label keys, whatever their
  /// state.
  ///
  /// @param labelKeys label keys, such as `deephaven-mcp-server-instance`; not empty
  /// @return the resources, in the order in which they must be stopped and removed
  /// @throws IOException if the engine cannot be asked or does not answer in time
  List<LabelledResource> find(Set<String> labelKeys) throws IOException;

  /// Returns the labels of a resource's image. A resource inherits them, so such a label does not
  /// tell who created it. Called before anything is stopped, perhaps for each resource of a list,
  /// so an implementation caches what it knows about an image.
  ///
  /// @param resource a resource of the last list
  /// @return the labels of its image; empty if the resource has no image; null if they can no
  ///   longer be determined, for example because the image was removed
  /// @throws IOException if the engine cannot be asked or does not answer in time
  default @Nullable Map<String, String> imageLabels(LabelledResource resource) throws IOException {
    return Map.of();
  }

  /// Asks a resource to stop, waits up to the grace period, then stops it by force. Returns when it
  /// no longer runs. A resource that does not exist, is already stopped or cannot run counts as
  /// stopped.
  ///
  /// @param resource the resource to stop
  /// @param grace the time between the request to stop and the forced stop; zero stops at once by
  ///   force
  /// @return [Outcome#GONE], [Outcome#STOPPED] or [Outcome#KILLED]
  /// @throws IOException if it may still run
  Outcome stop(LabelledResource resource, Duration grace) throws IOException;

  /// Removes a resource by force, with everything that it alone uses, such as a container's
  /// anonymous volumes. A resource that does not exist or is already being removed counts as
  /// removed.
  ///
  /// @param resource the resource to remove
  /// @throws IOException if it still exists
  void remove(LabelledResource resource) throws IOException;

  /// Releases the provider's own resources. Never fails.
  @Override
  default void close() {}
}
