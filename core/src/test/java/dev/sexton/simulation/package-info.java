/// A whole machine of servers, sweepers, people, crashes and a container engine, in one thread and
/// from one seed.
///
/// The product's real code runs over simulated ports. Start reading at
/// [dev.sexton.simulation.Simulation]. After every effect, [dev.sexton.simulation.Judge] checks the
/// truth. At the end, [dev.sexton.simulation.QuiescenceCheck] does so.
///
/// Events for which the contract makes no promise do not happen here:
///
/// - A PID that a record names without a start time, as the original writes it, is not reused while
///   the owner keeps the entry, nor within 3 s of the owner's death. The evidence is the file's
///   modification time, give or take 2 s.
/// - Such a PID is never reused where the wall clock is set back, because the kernel's start times
///   then shift against the file's.
/// - Nobody rewrites an original's record after its owner's death, because that changes the file's
///   modification time.
/// - An original does not run in a container and register in the host's directory. Its PID would
///   mean another process on the host.
/// - A lock file is replaced only where everyone can see the owner. To others, a free lock says
///   that the owner is gone.
/// - Nobody assumes a live instance dead, except where something proves that it is alive.
/// - No person touches a record between a sweeper's last read and the removal. There is always such
///   a moment.
/// - PIDs are not reused within two clock ticks, nor while a session has the number. The latter is
///   the kernel's own rule.
package dev.sexton.simulation;
