/// What the tests on real parts share: servers, commands, watchers and packages.
@NullMarked
package dev.sexton.testkit;

import org.jspecify.annotations.NullMarked;
