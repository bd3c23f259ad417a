package dev.sexton.cli.output;

import org.jspecify.annotations.Nullable;

/// The version of this build.
public final class Version {
  /// The version from the jar's manifest.
  public static final String TEXT = text();

  /// The class that the launcher starts.
  public static final String MAIN_CLASS = "dev.sexton.cli.Main";

  private Version() {}

  private static String text() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "unreleased" : version;
  }
}
