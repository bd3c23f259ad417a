/// This project's half of the side-by-side runs. `benchmarks/run` starts both halves in turn.
@NullMarked
package dev.sexton.benchmarks;

import org.jspecify.annotations.NullMarked;
