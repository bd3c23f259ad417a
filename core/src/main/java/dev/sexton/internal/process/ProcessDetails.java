package dev.sexton.internal.process;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a process beyond its line in the table.
 *
 * @param user who runs it; null if it is not known
 * @param mark the value of {@code SEXTON_INSTANCE} in its environment; null if it has none or the
 *     environment cannot be read
 * @param keep whether its environment says {@code SEXTON_KEEP=1}
 */
public record ProcessDetails(@Nullable User user, @Nullable String mark, boolean keep) {
  /** Of a process nothing is known of. */
  public static final ProcessDetails NONE = new ProcessDetails(null, null, false);
}
