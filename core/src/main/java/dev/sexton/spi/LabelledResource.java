package dev.sexton.spi;

import dev.sexton.ResourceKind;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A resource as its engine listed it. Immutable.
///
/// @param kind what it is; never [ResourceKind#PROCESS]
/// @param id what the engine knows it by, without ambiguity
/// @param name what a person knows it by; may be the id
/// @param labels all its labels
/// @param state the engine's word for its state, such as `running`; empty if it has none
/// @param image what the engine knows its image by; empty if it has no image or the engine does not
///   say
/// @param age how long before the listing it was made, both by the engine's clock; null if the
///   engine does not say
public record LabelledResource(
    ResourceKind kind,
    String id,
    String name,
    Map<String, String> labels,
    String state,
    String image,
    @Nullable Duration age) {
  /// Copies the labels.
  public LabelledResource {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(id);
    Objects.requireNonNull(name);
    Objects.requireNonNull(state);
    Objects.requireNonNull(image);
    labels = Map.copyOf(labels);
  }

  /// A resource without an image, of unknown age.
  public LabelledResource(
      ResourceKind kind, String id, String name, Map<String, String> labels, String state) {
    this(kind, id, name, labels, state, "", null);
  }

  /// The same resource with other labels.
  public LabelledResource withLabels(Map<String, String> others) {
    return new LabelledResource(kind, id, name, others, state, image, age);
  }
}
