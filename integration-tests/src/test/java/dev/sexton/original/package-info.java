/// Tests with the original as its authors published it.
@NullMarked
package dev.sexton.original;

import org.jspecify.annotations.NullMarked;
