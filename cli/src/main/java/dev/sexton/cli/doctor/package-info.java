/// The command `doctor` and its checks.
@org.jspecify.annotations.NullMarked
package dev.sexton.cli.doctor;
