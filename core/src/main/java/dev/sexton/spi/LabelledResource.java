package dev.sexton.spi;

import dev.sexton.ResourceKind;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A resource as listed by its engine. Immutable.
///
/// @param kind the kind of the resource; never [ResourceKind#PROCESS]
/// @param id the engine's unambiguous identifier
/// @param name the human-readable name; may be the ID
/// @param labels all labels of the resource
/// @param details what else the engine reports of it
public record LabelledResource(
    ResourceKind kind, String id, String name, Map<String, String> labels, Details details) {
  /// What an engine reports of a resource beside its name and labels.
  ///
  /// @param state the engine's word for the state, such as `running`; empty if there is none
  /// @param image the engine's identifier of the image; empty if there is no image or the engine
  ///   does not report it
  /// @param age the time between creation and listing, both by the engine's clock; null if the
  ///   engine does not report it
  public record Details(String state, String image, @Nullable Duration age) {
    /// Requires state and image.
    public Details {
      Objects.requireNonNull(state);
      Objects.requireNonNull(image);
    }
  }

  /// Copies the labels.
  public LabelledResource {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(id);
    Objects.requireNonNull(name);
    Objects.requireNonNull(details);
    labels = Map.copyOf(labels);
  }

  /// Creates a resource without an image and of unknown age.
  ///
  /// @param kind the kind of the resource; never [ResourceKind#PROCESS]
  /// @param id the engine's unambiguous identifier
  /// @param name the human-readable name; may be the ID
  /// @param labels all labels of the resource
  /// @param state the engine's word for the state, such as `running`; empty if there is none
  public LabelledResource(
      ResourceKind kind, String id, String name, Map<String, String> labels, String state) {
    this(kind, id, name, labels, new Details(state, "", null));
  }

  /// {@return a copy of this resource with other labels}
  ///
  /// @param others all labels of the copy, instead of those of this resource
  public LabelledResource withLabels(Map<String, String> others) {
    return new LabelledResource(kind, id, name, others, details);
  }
}
