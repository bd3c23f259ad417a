/// Tests the shape of the code: sizes, parameters, and circles among classes.
@NullMarked
package dev.sexton.shape;

import org.jspecify.annotations.NullMarked;
