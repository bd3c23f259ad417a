/** What the library is made of; nothing here is for others to use. */
@NullMarked
package dev.sexton.internal;

import org.jspecify.annotations.NullMarked;
