/// What tests on real parts share: processes, servers and engines.
@NullMarked
package dev.sexton.testkit;

import org.jspecify.annotations.NullMarked;
