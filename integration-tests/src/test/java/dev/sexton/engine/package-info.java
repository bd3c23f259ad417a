/// Sweeps of what dead servers left in real container engines.
@NullMarked
package dev.sexton.engine;

import org.jspecify.annotations.NullMarked;
