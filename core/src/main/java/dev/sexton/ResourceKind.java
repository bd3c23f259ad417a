package dev.sexton;

import java.util.Locale;

/** What a resource is: something an instance made that can outlive it. */
public enum ResourceKind {
  /** A process with all its descendants. */
  PROCESS,
  /** A container of an engine such as Docker or Podman. */
  CONTAINER,
  /** A network of a container engine. */
  NETWORK,
  /** A named volume of a container engine. */
  VOLUME;

  /** The word for it in JSON, in the journal and on the screen: {@code process}, and so on. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
