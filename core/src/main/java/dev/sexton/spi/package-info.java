/**
 * What somebody implements who brings another kind of resource: {@link
 * dev.sexton.spi.ResourceProvider} for the engine, {@link dev.sexton.spi.ResourceProviderFactory}
 * to have it found.
 */
@NullMarked
package dev.sexton.spi;

import org.jspecify.annotations.NullMarked;
