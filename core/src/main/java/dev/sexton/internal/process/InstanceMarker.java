package dev.sexton.internal.process;

import org.jspecify.annotations.Nullable;

/**
 * What a process says in its environment about whose it is; all that it starts inherits it.
 *
 * @param instance the value of {@link #VARIABLE}; null if it is not set or the environment cannot
 *     be read
 * @param keep whether it opts out by {@link #KEEP}
 * @param source what the environment was like when it was read
 */
public record InstanceMarker(@Nullable String instance, boolean keep, Source source) {
  /// What an environment tells. Only a readable one that names no instance says that a process
  /// carries no mark.
  public enum Source {
    /// It was read.
    READ,
    /// The process has none: it was started with an empty one, has ended, or has no environment
    /// here.
    NONE,
    /// It may not be read.
    UNREADABLE,
    /// The program wrote something else over it, such as a title for the process list.
    OVERWRITTEN
  }

  /** The variable that says whose a process is. */
  public static final String VARIABLE = "SEXTON_INSTANCE";

  /** The variable that opts out; see {@link #optsOut}. */
  public static final String KEEP = "SEXTON_KEEP";

  /** Of a process that has no environment. */
  public static final InstanceMarker NONE = new InstanceMarker(null, false, Source.NONE);

  /** Of a process whose environment was read. */
  public InstanceMarker(@Nullable String instance, boolean keep) {
    this(instance, keep, Source.READ);
  }

  /// Whether a value of [#KEEP] opts out: any but an empty one and the usual words for no.
  public static boolean optsOut(@Nullable String value) {
    return value != null
        && !value.isEmpty()
        && !value.equals("0")
        && !value.equalsIgnoreCase("false")
        && !value.equalsIgnoreCase("no");
  }

  /**
   * Whether it says nothing. Cheaper than {@link #equals}, whose code a fresh JVM generates at the
   * first call.
   */
  boolean isNone() {
    return instance == null && !keep;
  }

  /// Whether the process may carry a mark that cannot be seen.
  public boolean mayBeHidden() {
    return instance == null && (source == Source.UNREADABLE || source == Source.OVERWRITTEN);
  }

  /** The value of {@link #VARIABLE} in the environment of what an instance launches. */
  public static String of(String application, String instanceId) {
    return application + ":" + instanceId;
  }
}
