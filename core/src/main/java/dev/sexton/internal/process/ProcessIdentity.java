package dev.sexton.internal.process;

/**
 * A process that no later one can be mistaken for.
 *
 * @param machine where it runs
 * @param pid its process ID there
 * @param start when it started, in the unit of the machine
 */
public record ProcessIdentity(Machine machine, long pid, long start) {}
