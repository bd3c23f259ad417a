/// The interfaces to implement for another kind of resource. [dev.sexton.spi.ResourceProvider]
/// represents the engine, and [dev.sexton.spi.ResourceProviderFactory] makes it discoverable.
/// [dev.sexton.spi.UnusableProvider] stands for an engine that is configured wrongly.
@NullMarked
package dev.sexton.spi;

import org.jspecify.annotations.NullMarked;
