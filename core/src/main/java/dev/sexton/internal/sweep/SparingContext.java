package dev.sexton.internal.sweep;

import java.util.Set;

/// The context in which one sweep decides whether a process is spared.
///
/// @param rules the rules
/// @param keep determines which programs are left alone by name
/// @param live the instances that are not dead
/// @param protectedPids processes that are never signalled: the sweep itself and its ancestors
record SparingContext(
    SparingRules rules, KeepSource keep, LiveInstances live, Set<Long> protectedPids) {
  /// Returns the context for one request.
  static SparingContext of(
      Ports ports, SweepRequest request, LiveInstances live, SparingRules rules) {
    return new SparingContext(rules, request.keep(), live, ports.processes().protectedPids());
  }
}
