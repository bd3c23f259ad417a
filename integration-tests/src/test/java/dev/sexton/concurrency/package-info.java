/// Many threads on one instance, and many JVMs in one state directory.
@NullMarked
package dev.sexton.concurrency;

import org.jspecify.annotations.NullMarked;
