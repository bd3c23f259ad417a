package dev.sexton.internal.watch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a watcher of this machine covers, and the terms of its sweeps.
///
/// @param environment locates state directories and engines
/// @param applications the only applications to watch; all if empty
/// @param directory the only state directory to watch; null for all that are known
/// @param grace the grace period
/// @param keep patterns of programs that are kept in addition to those in the user's file
public record WatchSettings(
    Map<String, String> environment,
    List<String> applications,
    @Nullable Path directory,
    Duration grace,
    List<String> keep) {}
