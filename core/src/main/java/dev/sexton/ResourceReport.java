package dev.sexton;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one resource of a dead instance.
 *
 * @param kind what it is
 * @param name the name it was tracked under, or the engine's; {@code (marked)} for a process found
 *     by its environment, {@code (session)} for one found by its owner's session
 * @param pid the process ID of a process; 0 for anything else
 * @param pids all processes of the tree, the first included; empty for anything but a process
 * @param id the engine's id of a container, network or volume; null for a process
 * @param outcome what became of it
 * @param reason why, in words for a person
 * @param millis how long it took, in milliseconds
 */
public record ResourceReport(
    ResourceKind kind,
    String name,
    long pid,
    List<Long> pids,
    @Nullable String id,
    Outcome outcome,
    String reason,
    long millis) {
  /** Copies the list. */
  public ResourceReport {
    pids = List.copyOf(pids);
  }
}
