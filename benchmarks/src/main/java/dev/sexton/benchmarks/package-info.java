/** Our half of the side-by-side runs. {@code benchmarks/run} starts both halves in turn. */
@NullMarked
package dev.sexton.benchmarks;

import org.jspecify.annotations.NullMarked;
