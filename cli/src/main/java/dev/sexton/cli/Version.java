package dev.sexton.cli;

import org.jspecify.annotations.Nullable;

/** Which version this is. */
public final class Version {
  /** As the jar's manifest has it. */
  public static final String TEXT = text();

  private Version() {}

  private static String text() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "unreleased" : version;
  }
}
