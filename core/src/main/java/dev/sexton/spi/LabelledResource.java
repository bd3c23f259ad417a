package dev.sexton.spi;

import dev.sexton.ResourceKind;
import java.util.Map;
import java.util.Objects;

/**
 * A resource as its engine listed it. Immutable, provided that the map is.
 *
 * @param kind what it is; never {@link ResourceKind#PROCESS}
 * @param id what the engine knows it by, without ambiguity
 * @param name what a person knows it by; may be the id
 * @param labels all its labels
 * @param state the engine's word for its state, such as {@code running}; empty if it has none
 */
public record LabelledResource(
    ResourceKind kind, String id, String name, Map<String, String> labels, String state) {
  /** Copies the labels. */
  public LabelledResource {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(id);
    Objects.requireNonNull(name);
    Objects.requireNonNull(state);
    labels = Map.copyOf(labels);
  }
}
