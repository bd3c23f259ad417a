/// Options: their declarations, their parser and the values that several commands share.
@org.jspecify.annotations.NullMarked
package dev.sexton.cli.option;
