package dev.sexton.internal.watch;

import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.sweep.Ports.SweepClock;
import java.util.concurrent.Executor;

/// The access of a watcher to the outside world.
///
/// @param sweeps the state directories, and the sweeps
/// @param processes the process table
/// @param deaths the events from the kernel
/// @param executor runs each sweep; must not run it on the watcher's thread, except in tests
/// @param clock the clock of all pauses
record WatcherPorts(
    WatcherSweeps sweeps,
    ProcessTable processes,
    DeathWatch deaths,
    Executor executor,
    SweepClock clock) {}
