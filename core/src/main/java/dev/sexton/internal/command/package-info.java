/// What a server's command line says: the server's name, and whether it creates containers. It is
/// never used as evidence.
@NullMarked
package dev.sexton.internal.command;

import org.jspecify.annotations.NullMarked;
