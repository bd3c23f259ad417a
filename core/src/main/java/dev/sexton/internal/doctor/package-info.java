/// What `sexton doctor` has to know about this machine and its state directories. Collecting it
/// changes nothing.
@NullMarked
package dev.sexton.internal.doctor;

import org.jspecify.annotations.NullMarked;
