package dev.sexton.internal.sweep;

import java.util.Set;

/// What decides, in one sweep, whether a process is spared.
///
/// @param rules the rules
/// @param keep tells which programs are left alone by name
/// @param live the instances that are not dead
/// @param protectedPids processes that are never signalled: the sweep itself and its ancestors
record SparingContext(
    SparingRules rules, KeepSource keep, LiveInstances live, Set<Long> protectedPids) {
  /// For one request.
  static SparingContext of(
      Ports ports, SweepRequest request, LiveInstances live, SparingRules rules) {
    return new SparingContext(rules, request.keep(), live, ports.processes().protectedPids());
  }
}
