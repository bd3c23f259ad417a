/// The implementation of the library. Not for use by other code.
@NullMarked
package dev.sexton.internal;

import org.jspecify.annotations.NullMarked;
