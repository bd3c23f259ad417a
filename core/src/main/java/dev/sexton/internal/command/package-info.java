/**
 * What the command line of a server says: what the server is called, and whether it makes
 * containers. Nothing is judged by it.
 */
@NullMarked
package dev.sexton.internal.command;

import org.jspecify.annotations.NullMarked;
