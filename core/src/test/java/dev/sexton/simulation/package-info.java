/**
 * A whole machine of servers, sweepers, people, crashes and a container engine, in one thread, from
 * one seed, with the product's real code over simulated ports. Start reading at {@link
 * dev.sexton.simulation.Simulation}; the truth is told by {@link dev.sexton.simulation.Judge} after
 * every effect, and by {@link dev.sexton.simulation.QuiescenceCheck} in the end.
 *
 * <p>What the contract cannot promise does not happen here:
 *
 * <ul>
 *   <li>A process ID that a record names without a start time, as the original writes it, is not
 *       used again while the owner keeps the entry, nor within 3 s of the owner's death: the
 *       evidence is the time at which the file was last written, give or take 2 s.
 *   <li>Nor is it used again at all where the wall clock is set back: the kernel's start times then
 *       shift against the file's.
 *   <li>Nobody rewrites an original's record after its owner's death, for that moves the file's
 *       time.
 *   <li>An original does not run in a container and register in the host's directory: its process
 *       ID would mean somebody else on the host.
 *   <li>A lock file is put in another's place only where everybody can see the owner: to others, a
 *       free lock says that the owner is gone.
 *   <li>Nobody assumes an instance dead that is not, except where something proves that it lives.
 *   <li>Between a sweeper's last look at a record and its removal no person touches it: there
 *       always is such a moment.
 *   <li>Process IDs are not used twice within two clock ticks, and not while a session has their
 *       number, which is the kernel's own rule.
 * </ul>
 */
package dev.sexton.simulation;
