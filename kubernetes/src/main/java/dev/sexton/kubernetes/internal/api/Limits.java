package dev.sexton.kubernetes.internal.api;

import java.time.Duration;

/// The time limits of calls.
///
/// @param ask the limit of one request
/// @param margin how long a pod may take beyond its grace period, and how long its node may fail to
///   answer
/// @param gone how long anything else may take to disappear after it was deleted
/// @param pause the time between two looks at something that runs
/// @param follow how long one request for the output may take; another one continues it
public record Limits(
    Duration ask, Duration margin, Duration gone, Duration pause, Duration follow) {
  /// The default limits. An API server answers in milliseconds; 10 s leave time for one that is far
  /// away or busy. A kubelet reports the end of a pod after a second or two, so looking more often
  /// than once a second would see nothing new. Between a client and an API server there may be
  /// balancers that forget a silent connection without telling either; they wait longer than a
  /// minute.
  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1));
}
