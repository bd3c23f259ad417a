package dev.sexton.spi;

import dev.sexton.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place where labelled resources live: one container engine, for example.
 *
 * <p>Every method has a time limit of its own and throws when it runs out; none may block without
 * one. All methods are safe for use by several threads at once. An implementation stops and removes
 * exactly the resource it is given, by {@link LabelledResource#id()}; whose it is has been decided
 * before.
 */
public interface ResourceProvider extends AutoCloseable {
  /** What a person calls it, with its address: {@code Docker at unix:///var/run/docker.sock}. */
  String name();

  /**
   * Is told that it will be asked soon. May begin to make contact in the background, so that its
   * first answer comes sooner. Returns at once, and keeps what fails to itself, for the question
   * that follows fails too.
   */
  default void prepare() {}

  /**
   * What the engine says of itself, for a person: {@code Docker Engine 28.5.2, API 1.51}. Asks it
   * each time.
   *
   * @return empty if there is nothing to say
   * @throws IOException if the engine cannot be asked or does not answer in time
   */
  default String version() throws IOException {
    return "";
  }

  /**
   * Everything that carries at least one of these label keys, whatever its state, in one look.
   *
   * @param labelKeys label keys, such as {@code deephaven-mcp-server-instance}; not empty
   * @return the resources in the order in which they have to be stopped and removed
   * @throws IOException if the engine cannot be asked or does not answer in time
   */
  List<LabelledResource> find(Set<String> labelKeys) throws IOException;

  /// The labels that a resource has only because its image carries them. Such a label does not tell
  /// who made the resource. Asked before anything is stopped, perhaps for each resource of a list,
  /// so an implementation remembers what it knows of an image.
  ///
  /// @param resource a resource of the last list
  /// @return the labels of its image; empty for a resource that has no image; null if nobody can
  ///   tell any more, such as when the image was removed
  /// @throws IOException if the engine cannot be asked or does not answer in time
  default @Nullable Map<String, String> imageLabels(LabelledResource resource) throws IOException {
    return Map.of();
  }

  /**
   * Asks a resource to stop, waits up to the grace, then forces it. Returns when it no longer runs.
   * A resource that is gone, stopped already, or cannot run at all counts as done.
   *
   * @param resource what to stop
   * @param grace how long it has between being asked and being forced; zero forces at once
   * @return {@link Outcome#GONE}, {@link Outcome#STOPPED} or {@link Outcome#KILLED}
   * @throws IOException if it may still run
   */
  Outcome stop(LabelledResource resource, Duration grace) throws IOException;

  /**
   * Removes a resource, by force, with what it alone uses (a container's anonymous volumes). One
   * that is gone, or is being removed already, counts as done.
   *
   * @param resource what to remove
   * @throws IOException if it is still there
   */
  void remove(LabelledResource resource) throws IOException;

  /** Releases what the provider holds; never fails. */
  @Override
  default void close() {}
}
