/** {@code sexton run}: nobody can tell the difference, until something dies. */
@NullMarked
package dev.sexton.run;

import org.jspecify.annotations.NullMarked;
