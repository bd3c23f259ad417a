package dev.sexton.cli;

import org.jspecify.annotations.Nullable;

/// The version of this build.
public final class Version {
  /// The version from the jar's manifest.
  public static final String TEXT = text();

  private Version() {}

  private static String text() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "unreleased" : version;
  }
}
