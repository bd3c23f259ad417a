package dev.sexton.kubernetes.internal.api;

import java.time.Duration;

/// The time limits of calls.
///
/// @param ask the limit of one request
/// @param margin how long a pod may take beyond its grace period
/// @param gone how long anything else may take to disappear after it was deleted
public record Limits(Duration ask, Duration margin, Duration gone) {
  /// The default limits. An API server answers in milliseconds; 10 s leave time for one that is far
  /// away or busy. A kubelet reports the end of a pod after a second or two.
  public static final Limits DEFAULT =
      new Limits(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10));
}
