/// What the tests of several modules share: processes, `/proc`, engines, and the tag of the tests
/// that only the gate runs.
///
/// Nothing here uses the code under test.
@NullMarked
package dev.sexton.testsupport;

import org.jspecify.annotations.NullMarked;
