package dev.sexton.internal.process;

import org.jspecify.annotations.Nullable;

/**
 * What a process says in its environment about whose it is; all that it starts inherits it.
 *
 * @param instance the value of {@link #VARIABLE}; null if it is not set or the environment cannot
 *     be read
 * @param keep whether it opts out: {@link #KEEP} is 1
 */
public record Mark(@Nullable String instance, boolean keep) {
  /** The variable that says whose a process is. */
  public static final String VARIABLE = "SEXTON_INSTANCE";

  /** The variable that opts out, if it is 1. */
  public static final String KEEP = "SEXTON_KEEP";

  /** Of a process that says nothing. */
  public static final Mark NONE = new Mark(null, false);

  /**
   * Whether it says nothing. Cheaper than {@link #equals}, whose code a fresh JVM generates at the
   * first call.
   */
  boolean isNone() {
    return instance == null && !keep;
  }

  /** The value of {@link #VARIABLE} in the environment of what an instance launches. */
  public static String of(String application, String instanceId) {
    return application + ":" + instanceId;
  }
}
