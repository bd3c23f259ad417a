package dev.sexton.mcp;

/// The limits that the operator sets. Immutable.
///
/// @param sessions the limits of the sessions
/// @param allowed what clients may start
/// @param pods what clients may start in clusters
public record Limits(SessionLimits sessions, AllowList allowed, PodLimits pods) {}
