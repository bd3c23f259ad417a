/// When a server dies, everything it started is cleaned up.
///
/// A server needs only two classes. [dev.sexton.InstanceTracker] registers it and tracks what it
/// starts. [dev.sexton.Sweeper] cleans up after dead servers. Parameters and results are not null
/// unless they are annotated as nullable.
@NullMarked
package dev.sexton;

import org.jspecify.annotations.NullMarked;
