/// The owner's side: the record that a living server keeps of itself.
@NullMarked
package dev.sexton.internal.instance;

import org.jspecify.annotations.NullMarked;
