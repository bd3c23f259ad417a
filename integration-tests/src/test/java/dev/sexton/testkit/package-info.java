/** What tests on real parts share: processes to kill, servers to talk to, engines to ask. */
@NullMarked
package dev.sexton.testkit;

import org.jspecify.annotations.NullMarked;
