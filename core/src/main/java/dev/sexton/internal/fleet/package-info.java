/// What the watchers of several machines tell each other, in a store that all of them can reach.
/// [dev.sexton.internal.fleet.Fleet] is the port to the store,
/// [dev.sexton.internal.fleet.EtcdFleet] its implementation.
/// [dev.sexton.internal.fleet.FleetMember] publishes the instances of a watcher, and
/// [dev.sexton.internal.fleet.FleetRules] judges what others have published. No class of this
/// package is loaded unless `SEXTON_FLEET` is set.
@NullMarked
package dev.sexton.internal.fleet;

import org.jspecify.annotations.NullMarked;
