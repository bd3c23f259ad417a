package dev.sexton.internal.process;

import org.jspecify.annotations.Nullable;

/// The marker in a process's environment, which says which instance started it. Child processes
/// inherit it.
///
/// @param instance the value of [#VARIABLE], or null if it is not set or the environment cannot be
///   read
/// @param keep whether the process opts out by [#KEEP]
/// @param source the state of the environment when it was read
public record InstanceMarker(@Nullable String instance, boolean keep, Source source) {
  /// The state of an environment. Only a readable one that names no instance proves that a process
  /// has no marker.
  public enum Source {
    /// It was read.
    READ,
    /// The process has none: it was started with an empty one, has ended, or has no environment
    /// here.
    NONE,
    /// Reading it is not permitted.
    UNREADABLE,
    /// The program overwrote it, for example with a title for the process list.
    OVERWRITTEN
  }

  /// The variable that identifies the instance that started a process.
  public static final String VARIABLE = "SEXTON_INSTANCE";

  /// The variable that opts out. See [#optsOut].
  public static final String KEEP = "SEXTON_KEEP";

  /// The marker of a process without an environment.
  public static final InstanceMarker NONE = new InstanceMarker(null, false, Source.NONE);

  /// Creates the marker of a process whose environment was read.
  public InstanceMarker(@Nullable String instance, boolean keep) {
    this(instance, keep, Source.READ);
  }

  /// Returns whether a value of [#KEEP] opts out. An empty one and the usual words for "no" do not.
  public static boolean optsOut(@Nullable String value) {
    return value != null
        && !value.isEmpty()
        && !value.equals("0")
        && !value.equalsIgnoreCase("false")
        && !value.equalsIgnoreCase("no");
  }

  /// Returns whether the marker is empty. Cheaper than [#equals], whose code a fresh JVM generates
  /// on the first call.
  boolean isNone() {
    return instance == null && !keep;
  }

  /// Returns whether the process may have a marker that cannot be seen.
  public boolean mayBeHidden() {
    return instance == null && (source == Source.UNREADABLE || source == Source.OVERWRITTEN);
  }

  /// Returns the value of [#VARIABLE] in the environment of a process that an instance launches.
  public static String of(String application, String instanceId) {
    return application + ":" + instanceId;
  }
}
