package dev.sexton.internal.fleet;

import dev.sexton.internal.process.Machine;

/// One run of a watcher, as the others see it.
///
/// @param watcher the ID of this run, a random UUID
/// @param hostName the name of its host, for people
/// @param user the name of its user, for people
/// @param machine where it runs
public record FleetHost(String watcher, String hostName, String user, Machine machine) {}
