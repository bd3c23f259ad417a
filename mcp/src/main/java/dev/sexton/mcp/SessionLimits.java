package dev.sexton.mcp;

import java.time.Duration;

/// The limits of the sessions that clients start. Immutable.
///
/// @param maxSessions the maximum number of sessions that run at once
/// @param maxIdle how long a session may go without output and without a call; zero for no limit
/// @param maxAge how long a session may run in total; zero for no limit
/// @param outputBytes how many bytes of each output of a session are kept
/// @param grace the grace period between the request to end and the forced end
public record SessionLimits(
    int maxSessions, Duration maxIdle, Duration maxAge, long outputBytes, Duration grace) {}
